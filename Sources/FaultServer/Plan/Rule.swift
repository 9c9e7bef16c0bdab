public import FaultKit

/// One fault, and when it strikes.
public struct Rule: Sendable {
    /// Place in the plan, from 0.
    public internal(set) var id: Int
    /// The fault's name.
    public let fault: String
    /// The rule in its one-line form, which ``parse(_:catalogue:)`` reads:
    /// `truncate on=body at=40% ending=cut when.request=1`.
    public let text: String
    public let when: When
    public let hook: Hook
    /// The name of the profile that the rule comes from, or `--fault`.
    public let origin: String
    /// Whether it only makes the image that a step offers: that is no fault, and need not strike.
    public internal(set) var isOffer = false
}

/// Where in a download a rule's fault works.
public enum Hook: Sendable {
    case image(any ImageFault)
    case response(any ResponseFault)
    case handshake(any HandshakeFault)
    case stream(any StreamFault, on: Place)

    public var fault: any Fault {
        switch self {
        case .image(let fault): fault
        case .response(let fault): fault
        case .handshake(let fault): fault
        case .stream(let fault, _): fault
        }
    }

    var isImage: Bool {
        if case .image = self { true } else { false }
    }

    /// Whether it works on frames of HTTP/2.
    var isOfFrames: Bool {
        if case .stream(let fault, _) = self { type(of: fault).unit == .frame } else { false }
    }

    /// When it is decided whether the rule strikes.
    var moment: Moment {
        switch self {
        case .image, .response, .stream(_, on: .body): .request
        case .handshake: .hello
        case .stream(_, on: .http): .established
        case .stream(_, on: .link): .accept
        }
    }
}

extension Rule {
    /// The origin, and so the file in problems, of a rule on the command line.
    static let commandLine = "--fault"

    /// Reads a rule in one line: the fault's name, then `key=value` words in any order, those of `when`
    /// with `when.` before them, values with blanks in quotes.
    ///
    ///     truncate on=body at=64KiB ending=cut when.request=1 when.path='/my app.bin'
    ///
    /// - Throws: every problem of the line. Their file is `--fault`, their column points into the line.
    public static func parse(
        _ line: String, catalogue: Catalogue
    ) throws(ProfileError) -> Rule {
        var complaints = Complaints(file: Self.commandLine)
        let reader = RuleReader(catalogue: catalogue, origin: Self.commandLine)
        guard let form = RuleLine.form(of: line, &complaints),
            let rule = reader.read(form, &complaints), complaints.isEmpty
        else { throw complaints.error }
        return rule
    }
}
