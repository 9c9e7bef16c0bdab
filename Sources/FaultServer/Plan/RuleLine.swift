import FaultKit

/// The one-line form of a rule: `truncate on=body at=64KiB when.path=/x.bin ending=cut`.
///
/// Words stand apart by blanks. Within single quotes every character means itself; within double
/// quotes `\n`, `\r`, `\t`, `\"` and `\\` are what they are in C.
enum RuleLine {
    /// Reads a line into the form that the same rule has in YAML.
    /// - Returns: nil if its quotes are wrong, so that nobody knows what its words are.
    static func form(of line: String, _ complaints: inout Complaints) -> Form? {
        var scanner = Scanner(line)
        var entries: [Form.Entry] = []
        var conditions: [Form.Entry] = []
        while let word = scanner.next(&complaints) {
            let isFirst = entries.isEmpty && conditions.isEmpty
            guard let key = word.key ?? (isFirst ? "fault" : nil) else {
                let text = word.value.text ?? ""
                complaints.add("\(text.shown) is not written as key=value", at: word.spot)
                continue
            }
            let isCondition = key.hasPrefix(Self.condition)
            let name = isCondition ? String(key.dropFirst(Self.condition.count)) : key
            if (isCondition ? conditions : entries).contains(where: { $0.key == name }) {
                complaints.add("\(key.shown) is written more than once; keep one", at: word.spot)
            } else if key == "when" {
                complaints.add("'when' needs a key, as in when.request=1", at: word.spot)
            } else {
                let entry = Form.Entry(key: name, spot: word.spot, value: word.value)
                if isCondition { conditions.append(entry) } else { entries.append(entry) }
            }
        }
        if let first = conditions.first {
            let form = Form(.keys(conditions), at: first.spot)
            entries.append(Form.Entry(key: "when", spot: first.spot, value: form))
        }
        return scanner.isBroken ? nil : Form(.keys(entries), at: Spot())
    }

    /// What stands before a key of `when`.
    static let condition = "when."

    /// A word as the line form writes it: quoted if it must be.
    static func quoted(_ text: String) -> String {
        let needsEscapes = text.unicodeScalars.contains { "'\n\r\t".unicodeScalars.contains($0) }
        if needsEscapes {
            let escaped = text.unicodeScalars.map { scalar in
                switch scalar {
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                case "\"": "\\\""
                case "\\": "\\\\"
                default: String(scalar)
                }
            }
            return "\"" + escaped.joined() + "\""
        }
        let isPlain =
            !text.isEmpty
            && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" }
        return isPlain ? text : "'\(text)'"
    }
}

/// Cuts a line into its words.
private struct Scanner {
    struct Word {
        /// What stands before the first `=` outside quotes.
        let key: String?
        let value: Form
        let spot: Spot
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var spot = Spot()
    /// Whether there was a quote to complain about.
    private(set) var isBroken = false

    init(_ line: String) { self.scalars = Array(line.unicodeScalars) }

    private var current: Unicode.Scalar? {
        self.index < self.scalars.count ? self.scalars[self.index] : nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        " \t\n\r".unicodeScalars.contains(scalar)
    }

    private mutating func advance() {
        let previous = self.index > 0 ? self.scalars[self.index - 1] : nil
        self.spot.pass(self.scalars[self.index], after: previous)
        self.index += 1
    }

    mutating func next(_ complaints: inout Complaints) -> Word? {
        while let current, Self.isBlank(current) { self.advance() }
        guard self.current != nil else { return nil }
        let start = self.spot
        var valueStart = self.spot
        var key: String?
        var text = String.UnicodeScalarView()
        while let current, !Self.isBlank(current) {
            if current == "=", key == nil {
                self.advance()
                key = String(text)
                text = String.UnicodeScalarView()
                valueStart = self.spot
            } else if current == "'" || current == "\"" {
                text += self.quotation(by: current, &complaints)
            } else {
                text.append(current)
                self.advance()
            }
        }
        return Word(key: key, value: Form(.text(String(text)), at: valueStart), spot: start)
    }

    private mutating func quotation(
        by quote: Unicode.Scalar, _ complaints: inout Complaints
    ) -> String.UnicodeScalarView {
        let start = self.spot
        var text = String.UnicodeScalarView()
        self.advance()
        while let current, current != quote {
            self.advance()
            guard current == "\\", quote == "\"" else {
                text.append(current)
                continue
            }
            let escaped = self.current
            let place = self.spot
            if escaped != nil { self.advance() }
            switch escaped {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            case "\"": text.append("\"")
            case "\\": text.append("\\")
            default:
                self.isBroken = true
                complaints.add(
                    "only \\n, \\r, \\t, \\\" and \\\\ may stand in double quotes; "
                        + "use single quotes for a text as it is", at: place)
            }
        }
        if self.current == nil {
            self.isBroken = true
            complaints.add("a quote without its end", at: start)
        } else {
            self.advance()
        }
        return text
    }
}
