public import FaultKit

/// Ends the lines of the response's head with LF alone.
public struct BareLF: ResponseFault {
    public static let manual = Manual(
        name: "bare-lf",
        summary: "ends the lines of the response's head with LF, without CR",
        requirement:
            "The client may take LF alone for the end of a line (RFC 9112 §2.2) and the image for what it is, or end "
            + "the response; it takes no byte of the head for one of the body.")

    /// Reads no knobs.
    public init(_ knobs: inout Knobs) throws {}

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.hasBareLF = true
    }
}
