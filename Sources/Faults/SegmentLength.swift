public import FaultKit
import FirmwareImage

/// Says in a segment's header that its data has another length.
public struct SegmentLength: ImageFault {
    public static let manual = Manual(
        name: "segment-length",
        summary: "says that a segment has another length than it has",
        requirement:
            "The client refuses an image with a segment that cannot be, or that leads past the image's end, "
            + "reads nothing beyond its slot, and keeps the firmware that it runs.",
        knobs: [
            .init(
                "length",
                "the length in the segment's header: unaligned (1 more, so no multiple of 4), huge (15 MiB), "
                    + "past-end (the first multiple of 4 that leads behind the file), wrap (0xfffffffc, "
                    + "which overflows 32 bits), or a number"),
            .init("segment", "the number of the segment, from 0 on; default 0"),
            Resealing.knob(default: .full),
        ],
        example: ["length": "unaligned"])

    private let length: Length
    private let segment: SegmentNumber
    private let resealing: Resealing

    /// Reads `length`, `segment` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.length = try knobs.read("length")
        self.segment = try knobs.read("segment", default: SegmentNumber(0))
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// The seals stand where they stood.
    /// - Throws: ``ImageError`` if the image is no app image, or has no such segment, or one of that
    ///   length.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            let data = try image.segment(self.segment.value, in: map).data
            let length =
                switch self.length {
                case .unaligned: data.count + 1
                case .huge: 15 << 20
                case .pastEnd: (image.count - data.lowerBound) / 4 * 4 + 4
                case .wrap: 0xFFFF_FFFC
                case .bytes(let count): Int(count)
                }
            try image.change(["segment[\(self.segment.value)].data_len": length], in: map)
        }
    }
}

private enum Length: KnobValue, Hashable {
    case unaligned, huge, pastEnd, wrap
    case bytes(UInt32)

    static let form =
        "unaligned, huge, past-end, wrap, or a number of bytes up to 4294967295, also in hexadecimal"

    init?(knob text: String) {
        switch text.lowercased() {
        case "unaligned": self = .unaligned
        case "huge": self = .huge
        case "past-end": self = .pastEnd
        case "wrap": self = .wrap
        default:
            guard let number = FieldNumber<UInt32>(knob: text) else { return nil }
            self = .bytes(number.value)
        }
    }
}
