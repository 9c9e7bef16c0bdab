public import FaultKit

/// Says no length: the body ends where the connection does.
public struct CloseDelimited: ResponseFault {
    public static let manual = Manual(
        name: "close-delimited",
        summary: "says no length: the body ends where the connection does",
        requirement:
            "The client cannot know that such a body is whole, except by close_notify (RFC 9112 §9.8), and "
            + "boots no image that does not match its digest.",
        knobs: [.init("ending", "how the connection ends: clean (default), cut, reset or hang")],
        example: ["ending": "clean"])

    private let ending: Ending

    /// Reads `ending`.
    public init(_ knobs: inout Knobs) throws {
        self.ending = try knobs.read("ending", default: .clean)
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.fields["Content-Length"] = nil
        response.fields["Connection"] = "close"
        response.sequel = .end(self.ending)
    }
}
