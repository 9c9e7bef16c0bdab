public import FaultKit

/// Says another status line above the same fields and the same body.
public struct StatusLine: ResponseFault {
    public static let manual = Manual(
        name: "status-line",
        summary: "says another status line, and leaves fields and body as they are",
        requirement:
            "The client ends what does not begin with a status line (RFC 9112 §4), takes an image only with "
            + "a status that promises one (RFC 9110 §15.3), and never boots what does not match its digest.",
        knobs: [
            .init("code", "another status code, 100 to 999"),
            .init("text", "the whole line instead, without its end"),
            .init(
                "head", "no: neither status line nor fields are sent, as in HTTP/0.9; default yes"),
        ],
        example: ["code": "203"])

    private enum Line: Hashable {
        case code(Int)
        case text(String)
        case none
    }

    private let line: Line

    /// Reads `code`, `text` and `head`.
    public init(_ knobs: inout Knobs) throws {
        let code = try knobs.readIfSet("code", as: Int.self)
        let text = try knobs.readIfSet("text", as: String.self)
        let hasHead = try knobs.read("head", default: true)
        if let code, !(100...999).contains(code) {
            throw KnobError(knob: "code", "'code' is out of range; write 100 to 999")
        }
        switch (code, text, hasHead) {
        case (let code?, nil, true): self.line = .code(code)
        case (nil, let text?, true): self.line = .text(text)
        case (nil, nil, false): self.line = .none
        case (nil, nil, true):
            throw KnobError(knob: "code", "'code' is missing; write it, 'text' or 'head: no'")
        default:
            throw KnobError(
                knob: text == nil ? "head" : "text",
                "only one of 'code', 'text' and 'head: no' has a meaning; leave the others out")
        }
        if let text, !text.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) {
            throw KnobError(
                knob: "text", "'text' has characters beyond ISO-8859-1; write it without them")
        }
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        switch self.line {
        case .code(let code):
            response.status = code
            response.reason = Phrases.phrase(for: code)
        case .text(let text):
            response.statusLine = text
        case .none:
            response.hasHead = false
            response.sequel = .end(.clean)
        }
    }
}
