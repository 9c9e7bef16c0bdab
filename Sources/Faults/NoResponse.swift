public import FaultKit

/// Takes the request and answers nothing.
public struct NoResponse: ResponseFault {
    public static let manual = Manual(
        name: "no-response",
        summary: "takes the request and answers nothing",
        requirement:
            "The client gives up after a time of its own, or when the connection ends, and can try again.",
        knobs: [.init("ending", "what happens instead: hang (default), clean, cut or reset")],
        example: ["ending": "hang"])

    private let ending: Ending

    /// Reads `ending`.
    public init(_ knobs: inout Knobs) throws {
        self.ending = try knobs.read("ending", default: .hang)
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.hasHead = false
        response.body = Body()
        response.chunking = nil
        response.interim = []
        response.sequel = .end(self.ending)
    }
}
