public import FaultKit
import FirmwareImage

/// Says in the app descriptor that the app was built for another size of memory pages.
public struct MMUPageSize: ImageFault {
    public static let manual = Manual(
        name: "mmu-page-size",
        summary: "says in the app descriptor that the app was built for other memory pages",
        requirement:
            "The client that knows the field, as ESP-IDF from v5.4.1 on for chips whose pages have several "
            + "sizes, refuses an image of another size than its own, and keeps the firmware that it runs.",
        knobs: [
            .init("size", "the size of a page: a power of two such as 16KiB; default 16KiB"),
            Resealing.knob(default: .full),
        ],
        example: ["size": "16KiB"])

    private let size: PageSize
    private let resealing: Resealing

    /// Reads `size` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.size = try knobs.read("size", default: PageSize(exponent: 14))
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or says that size already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(["app.mmu_page_size": self.size.exponent], in: map)
        }
    }
}

private struct PageSize: KnobValue, Hashable {
    static let form = "a power of two such as 8KiB, 16KiB, 32KiB or 64KiB"

    /// Of two: what stands in the descriptor.
    let exponent: Int

    init(exponent: Int) { self.exponent = exponent }

    init?(knob text: String) {
        guard let bytes = ByteCount(knob: text)?.bytes, bytes > 1, bytes.nonzeroBitCount == 1
        else { return nil }
        self.exponent = bytes.trailingZeroBitCount
    }
}
