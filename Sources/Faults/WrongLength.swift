public import FaultKit

/// Says a Content-Length that the body does not have.
public struct WrongLength: ResponseFault {
    public static let manual = Manual(
        name: "wrong-length",
        summary: "says a Content-Length that the body does not have",
        requirement:
            "The client takes no more than the length that it was told, notices when less arrives "
            + "(RFC 9112 §8), and never boots an image that does not match its digest.",
        knobs: [
            .init("by", "bytes that are added to the true length, such as +5000 or -100"),
            .init("length", "the length that is said, instead of 'by'"),
            .init("ending", "how the connection ends after the body; default clean"),
        ],
        example: ["by": "+5000"])

    private enum Lie: Hashable {
        case by(Int)
        case length(Int)
    }

    private let lie: Lie
    private let ending: Ending

    /// Reads `by`, `length` and `ending`.
    public init(_ knobs: inout Knobs) throws {
        let by = try knobs.readIfSet("by", as: Surplus.self)
        let length = try knobs.readIfSet("length", as: ByteCount.self)
        self.ending = try knobs.read("ending", default: .clean)
        switch (by, length) {
        case (let by?, nil): self.lie = .by(by.bytes)
        case (nil, let length?): self.lie = .length(length.bytes)
        case (nil, nil):
            throw KnobError(knob: "by", "'by' is missing, and so is 'length'; write one of them")
        case (_?, _?):
            throw KnobError(knob: "length", "'by' and 'length' are both set; leave one of them out")
        }
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        let honest = response.fields["Content-Length"].flatMap { Int($0) } ?? response.body.count
        let said =
            switch self.lie {
            case .by(let surplus): max(0, honest.addingReportingOverflow(surplus).partialValue)
            case .length(let length): length
            }
        guard said != honest else { return }
        response.fields["Content-Length"] = String(said)
        response.sequel = .end(self.ending)
    }
}

/// Bytes too many or too few, written with their sign: `+5000`, `-4KiB`.
private struct Surplus: KnobValue {
    static let form = "a signed number of bytes that is not zero, such as +5000 or -100"

    let bytes: Int

    init?(knob text: String) {
        guard let sign = text.first, sign == "+" || sign == "-",
            let count = ByteCount(knob: String(text.dropFirst())), count.bytes > 0
        else { return nil }
        self.bytes = sign == "-" ? -count.bytes : count.bytes
    }
}
