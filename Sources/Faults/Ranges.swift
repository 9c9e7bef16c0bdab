public import FaultKit

/// Answers a request for a range as if it were another one.
public struct Ranges: ResponseFault {
    public static let manual = Manual(
        name: "ranges",
        summary: "answers a request for a range with something else",
        requirement:
            "The client looks at the status and at Content-Range before it takes bytes for those that it "
            + "asked for (RFC 9110 §15.3.7), begins anew where it cannot go on, and never boots a mixture.",
        knobs: [
            .init(
                "how",
                "ignore (default): 200 and the whole; refuse: 416; shift: other bytes under the right "
                    + "Content-Range; move: other bytes, and Content-Range says which; empty: 206 and no "
                    + "bytes; unknown: Content-Range without the whole's length; multipart: one part of a "
                    + "multipart/byteranges; always: 206 although If-Range names another entity"),
            .init("by", "bytes by which 'shift' and 'move' miss; default 512"),
        ],
        example: ["how": "ignore"])

    private enum How: String, CaseIterable, KnobValue {
        case ignore, refuse, shift, move, empty, unknown, multipart, always
    }

    private let how: How
    private let shift: Int

    /// Reads `how` and `by`.
    public init(_ knobs: inout Knobs) throws {
        self.how = try knobs.read("how", default: .ignore)
        let by = try knobs.readIfSet("by", as: ByteCount.self)?.bytes
        guard by == nil || ([.shift, .move].contains(self.how) && by! > 0) else {
            throw KnobError(knob: "by", "'by' belongs to 'shift' and 'move', and is 1 or more")
        }
        self.shift = by ?? 512
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        guard response.body.parts.count == 1,
            case .image(let image, let range) = response.body.parts[0]
        else { return }
        guard response.status == (self.how == .always ? 200 : 206) else { return }
        switch self.how {
        case .ignore:
            response.status = 200
            response.reason = Phrases.phrase(for: 200)
            response.fields["Content-Range"] = nil
            response.body = Body([.image(image, 0..<image.count)])
        case .refuse:
            response.status = 416
            response.reason = Phrases.phrase(for: 416)
            response.fields["Content-Range"] = "bytes */\(image.count)"
            response.body = Body()
        case .shift, .move:
            // Before what was asked for, or behind it where there is nothing before.
            let by = range.lowerBound >= self.shift ? -self.shift : self.shift
            let lower = min(max(0, range.lowerBound + by), image.count)
            let upper = min(lower + range.count, image.count)
            response.body = Body([.image(image, lower..<upper)])
            if self.how == .move, lower < upper {
                response.fields["Content-Range"] = (lower..<upper).contentRange(of: image.count)
            }
        case .empty:
            response.body = Body()
        case .unknown:
            response.fields["Content-Range"] =
                "bytes \(range.lowerBound)-\(range.upperBound - 1)/*"
        case .multipart:
            let multipart = Multipart(boundary: "faultserve")
            response.body = multipart.body(image, [range], type: "application/octet-stream")
            response.fields["Content-Type"] = multipart.type
            response.fields["Content-Range"] = nil
        // Where `If-Range` has made it the whole: the range all the same (RFC 9110 §13.1.5 forbids it).
        case .always:
            guard request.fields["If-Range"] != nil,
                let wanted = request.fields["Range"].flatMap(ByteRanges.init),
                let range = wanted.resolved(in: image.count).first
            else { return }
            response.status = 206
            response.reason = Phrases.phrase(for: 206)
            response.fields["Content-Range"] = range.contentRange(of: image.count)
            response.body = Body([.image(image, range)])
        }
        response.fields["Content-Length"] = String(response.body.count)
    }
}
