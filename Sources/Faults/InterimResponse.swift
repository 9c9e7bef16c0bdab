public import FaultKit

/// Sends an informational response before the real one.
public struct InterimResponse: ResponseFault {
    public static let manual = Manual(
        name: "interim-response",
        summary: "sends an informational response before the real one",
        requirement:
            "The client reads over informational responses that it did not ask for, up to the real one "
            + "(RFC 9110 §15.2).",
        knobs: [
            .init("code", "100 to 199, or a list; default 103"),
            .init("times", "how often each is sent, 1 to 100; default 1"),
        ],
        example: ["code": "100"])

    private let codes: [Int]

    /// Reads `code` and `times`.
    public init(_ knobs: inout Knobs) throws {
        let codes = try knobs.readList("code", of: Int.self)
        let times = try knobs.read("times", default: 1)
        guard codes.allSatisfy((100...199).contains) else {
            throw KnobError(knob: "code", "'code' is out of range; write 100 to 199")
        }
        guard (1...100).contains(times) else {
            throw KnobError(knob: "times", "'times' is out of range; write 1 to 100")
        }
        self.codes = [[Int]](repeating: codes.isEmpty ? [103] : codes, count: times).flatMap { $0 }
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        for code in self.codes {
            let fields: Fields = code == 103 ? ["Link": "</style.css>; rel=preload"] : [:]
            response.interim.append(
                Interim(status: code, reason: Phrases.phrase(for: code), fields: fields))
        }
    }
}
