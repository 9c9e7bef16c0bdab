public import FaultKit

/// Frames the body in chunks, right or wrong.
public struct Chunked: ResponseFault {
    public static let manual = Manual(
        name: "chunked",
        summary: "frames the body in chunks instead of saying its length",
        requirement:
            "The client reads chunks with extensions and trailers (RFC 9112 §7.1), and takes a body whose "
            + "framing is broken, or whose last chunk never comes, for incomplete (§8).",
        knobs: [
            .init("size", "bytes of a chunk, at most; default 4096"),
            .init("extension", "what follows each size, such as ;a=b"),
            .init("trailer", "yes: a field follows the last chunk; default no"),
            .init("wrong-at", "bytes of the body behind which a size is no number"),
            .init("last", "no: the last chunk is not sent; default yes"),
            .init("ending", "how the connection ends then, if it does: clean, cut, reset or hang"),
        ],
        example: ["size": "1000", "extension": ";a=b"])

    private let chunking: Chunking
    private let ending: Ending?

    /// Reads `size`, `extension`, `trailer`, `wrong-at`, `last` and `ending`.
    public init(_ knobs: inout Knobs) throws {
        var chunking = Chunking(size: try knobs.read("size", default: ByteCount(4096)).bytes)
        chunking.extensions = try knobs.read("extension", default: "")
        if try knobs.read("trailer", default: false) { chunking.trailers = ["X-Checked": "yes"] }
        chunking.wrongAt = try knobs.readIfSet("wrong-at", as: ByteCount.self)?.bytes
        chunking.isTerminated = try knobs.read("last", default: true)
        self.ending = try knobs.readIfSet("ending")
        guard (1...1 << 24).contains(chunking.size) else {
            throw KnobError(knob: "size", "'size' is out of range; write 1 to 16MiB")
        }
        guard chunking.extensions.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) else {
            throw KnobError(
                knob: "extension",
                "'extension' has characters beyond ISO-8859-1; write it without them")
        }
        self.chunking = chunking
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.fields["Content-Length"] = nil
        response.fields["Transfer-Encoding"] = "chunked"
        response.chunking = self.chunking
        if let ending { response.sequel = .end(ending) }
    }
}
