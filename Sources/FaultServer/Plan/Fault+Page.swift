public import FaultKit

/// A fault as a person reads of it.
extension Fault {
    /// The layer that it edits or taps: `image`, `response`, `handshake` or `stream`.
    public static var layer: String {
        switch self {
        case is any ImageFault.Type: "image"
        case is any ResponseFault.Type: "response"
        case is any HandshakeFault.Type: "handshake"
        default: "stream"
        }
    }

    /// Name, summary, requirement, knobs and an example, as `faultserve explain` shows them.
    public static var page: String {
        let knobs = self.manual.knobs.map { "  \($0.name): \($0.meaning)" }
        return """
            \(self.manual.name) (\(self.layer) fault): \(self.manual.summary)

            A correct client: \(self.manual.requirement)

            \((knobs.isEmpty ? ["No knobs."] : ["Knobs:"] + knobs).joined(separator: "\n"))

            By hand: faultserve --fault '\(self.line)'
            """
    }

    /// The manual's example as a rule on one line.
    fileprivate static var line: String {
        ([self.manual.name] + self.manual.example.map { "\($0.key)=\($0.value.quotedIfNeeded)" })
            .joined(separator: " ")
    }
}

extension Catalogue {
    /// docs/faults.md: every fault with its requirement and knobs.
    public var reference: String {
        let intro = """
            # Faults

            Made from the faults' own manuals by `make reference`. *Layer* says what a fault edits (image, response, handshake) or that it taps a
            stream, at the place that a rule names with `on`: `body`, `http` or `link`. Those of TLS as profiles: beside badssl.com's in
            [badssl.md](badssl.md), and what clients say of them in [clients.md](clients.md).

            | fault | layer | what the server does |
            | --- | --- | --- |

            """
        let rows = self.faults.map { fault in
            "| [\(fault.manual.name)](#\(fault.manual.name)) | \(fault.layer) | \(fault.manual.summary) |"
        }
        return intro + rows.joined(separator: "\n") + "\n\n"
            + self.faults.map { $0.section }.joined(separator: "\n")
    }
}

extension Fault {
    fileprivate static var section: String {
        let knobs = self.manual.knobs.map { "| `\($0.name)` | \($0.meaning) |" }
        let table = knobs.isEmpty ? [] : ["", "| knob | meaning |", "| --- | --- |"] + knobs
        return """
            ## \(self.manual.name)

            The server \(self.manual.summary).

            \(self.manual.requirement)
            \(table.joined(separator: "\n"))

            `--fault '\(self.line)'`

            """
    }
}

extension String {
    fileprivate var quotedIfNeeded: String { self.contains(" ") ? "\"\(self)\"" : self }
}
