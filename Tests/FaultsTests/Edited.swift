import FaultKit
import FirmwareImage
import Testing

/// An image before and after an image fault.
struct Edited {
    let before: [UInt8]
    let after: [UInt8]

    init<F: ImageFault>(
        _ fault: F.Type, _ knobs: KeyValuePairs<String, String>, of bytes: [UInt8] = app,
        seed: UInt64 = 1
    ) throws {
        self.before = bytes
        self.after = try Image(name: "app.bin", bytes: bytes)
            .edited(by: fault, Knobs(knobs), seed: seed)
    }

    /// The bits that differ, by place; of what both have.
    var changes: [Int: UInt8] {
        Dictionary(
            uniqueKeysWithValues: zip(self.before, self.after).enumerated()
                .filter { $1.0 != $1.1 }.map { ($0, $1.0 ^ $1.1) })
    }

    /// What the fault complains of; the image must be untouched then.
    static func refusal<F: ImageFault>(
        by fault: F.Type, _ knobs: KeyValuePairs<String, String>, of bytes: [UInt8] = app
    ) throws -> String? {
        let fault = try F(knobs)
        var (image, dice) = (Image(name: "app.bin", bytes: bytes), Dice(seed: 1))
        let error = #expect(throws: ImageError.self) { try fault.edit(&image, using: &dice) }
        #expect(error?.description.contains("'app.bin'") == true)
        return error?.description
    }

    /// The least app image: the header is 0..<24, segments are 24..<332, 332..<356 and 356..<380 with
    /// eight bytes before the data, the descriptor is 32..<288, padding 380..<383, the checksum 383 and
    /// the SHA-256 384..<416.
    static let app = Self.make(416)

    /// Noise in five segments up to 99964; the checksum is 99967 and the SHA-256 99968..<100000.
    static let largeApp = Self.make(100_000)

    private static func make(_ size: Int) -> [UInt8] {
        // The sizes are possible, as other tests show.
        try! AppImageRecipe(project: "test", version: "1.2.3", size: size).bytes()
    }

    /// 0xEF and all of these bytes under exclusive or.
    static func parity(_ bytes: [UInt8], _ ranges: [Range<Int>]) -> UInt8 {
        ranges.reduce(0xEF) { bytes[$1].reduce($0, ^) }
    }

    /// Places of the segments' data in ``app``.
    static let data = [32..<332, 340..<356, 364..<380]
}

extension Image {
    /// The bytes of the image as a fault with these knobs edits it.
    func edited(
        by type: (some ImageFault).Type, _ knobs: Knobs = Knobs(), seed: UInt64 = 1
    ) throws -> [UInt8] {
        var (image, reader, dice) = (self, knobs, Dice(seed: seed))
        try type.init(&reader).edit(&image, using: &dice)
        return try image.bytes(in: 0..<image.count)
    }
}
