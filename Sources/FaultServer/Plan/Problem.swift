/// A mistake in a profile or a rule, and where it is.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named, or `--fault` for a rule of the command line.
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, counted in Unicode scalars.
    public let column: Int
    /// What is wrong and how to mend it, in one sentence.
    public let message: String

    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// As compilers write it: `profiles/x.yaml:12:9: unknown fault 'truncat'; did you mean 'truncate'?`
    public var description: String { "\(self.file):\(self.line):\(self.column): \(self.message)" }
}

/// Everything that is wrong with a profile or a rule.
public struct ProfileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All problems, in order of place; at least one.
    public let problems: [Problem]

    public init(problems: [Problem]) { self.problems = problems }

    /// One problem a line.
    public var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

/// A place in a text.
struct Spot: Hashable {
    /// Both from 1; columns are Unicode scalars.
    var line = 1
    var column = 1

    /// Goes on to the place behind a character. Lines break where YAML breaks them.
    mutating func pass(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) {
        switch scalar {
        case "\n" where previous == "\r": break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            self = Spot(line: self.line + 1, column: 1)
        default: self.column += 1
        }
    }
}

/// The problems that reading has met so far.
struct Complaints {
    let file: String
    private var problems: [Problem] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { self.problems.isEmpty }

    mutating func add(_ message: String, at spot: Spot) {
        // A message may quote the profile, and a problem is one line.
        let message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.problems.append(
            Problem(file: self.file, line: spot.line, column: spot.column, message: message))
    }

    /// The problems in order of place, each once.
    var error: ProfileError {
        var seen: Set<Problem> = []
        let sorted = self.problems.filter { seen.insert($0).inserted }.sorted {
            ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message)
        }
        return ProfileError(problems: sorted)
    }
}
