public import FaultKit
import FirmwareImage

/// Says in the header that the image has another number of segments.
public struct SegmentCount: ImageFault {
    public static let manual = Manual(
        name: "segment-count",
        summary: "says that the image has another number of segments than it has",
        requirement:
            "The client refuses an image whose segments, checksum and digest are not where its header "
            + "says, and keeps the firmware that it runs.",
        knobs: [
            .init(
                "count",
                "segments in the header: a number up to 255 (ESP-IDF takes 16 at most), or so many more or "
                    + "fewer, such as +1 or -1"),
            Resealing.knob(default: .full),
        ],
        example: ["count": "17"])

    private let count: Count
    private let resealing: Resealing

    /// Reads `count` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.count = try knobs.read("count")
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// The seals stand where they stood.
    /// - Throws: ``ImageError`` if the image is no app image, has that many segments, or is valid with that
    ///   count, too: eight zeros before the checksum read as the header of an empty segment.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            let has = map.segments.count
            let said =
                switch self.count {
                case .exactly(let count): Int(count)
                case .by(let surplus): has + surplus
                }
            guard said >= 0 else {
                throw ImageError(
                    "'\(image.name)' has \(has) segments and cannot say \(has - said) fewer; raise "
                        + "'count'")
            }
            try image.change(["header.segment_count": said], in: map)
        }
        guard try AppImageInspection(of: image).firstFlaw != nil else {
            throw ImageError(
                "'\(image.name)' is valid with that 'count', too, as the zeros before its checksum read as "
                    + "an empty segment; choose one more, such as +2")
        }
    }
}

private enum Count: KnobValue, Hashable {
    case exactly(UInt8)
    case by(Int)

    static let form = "a number from 0 to 255, or a difference up to 200 such as +1 or -1"

    init?(knob text: String) {
        if let first = text.first, first == "+" || first == "-" {
            guard let surplus = Int(text), surplus != 0, (-200...200).contains(surplus) else {
                return nil
            }
            self = .by(surplus)
        } else {
            guard let count = FieldNumber<UInt8>(knob: text) else { return nil }
            self = .exactly(count.value)
        }
    }
}
