import FaultKit
import FirmwareImage

extension Image {
    /// Writes other values to fields of an app image.
    /// - Parameter values: by the names that ``ImageField`` has: `header.chip_id`.
    /// - Throws: ``ImageError`` if all of them have those values already, as then nothing would be wrong
    ///   with the image, and all that `set` throws.
    mutating func change(
        _ values: KeyValuePairs<String, Int?>, in map: AppImageMap
    ) throws {
        var kept: [String] = []
        for case (let name, let value?) in values {
            let before = try ImageField.named(name, in: map)?.text(in: self)
            try self.set(name, to: "\(value)", in: map)
            let after = try ImageField.named(name, in: map)?.text(in: self)
            if let after, after == before {
                kept.append("\(name) is \(after)")
            }
        }
        guard kept.count < values.count(where: { $0.value != nil }) else {
            throw ImageError(
                "'\(self.name)' is so already, and the fault would change nothing "
                    + "(\(kept.joined(separator: ", "))); give it another value")
        }
    }

    /// A segment by its number, from 0 on.
    /// - Throws: ``ImageError`` if the image has fewer.
    func segment(_ number: Int, in map: AppImageMap) throws -> AppImageMap.Segment {
        guard map.segments.indices.contains(number) else {
            throw ImageError(
                "'\(self.name)' has \(map.segments.count) segments, from 0 on, and none with the number "
                    + "\(number); lower 'segment'")
        }
        return map.segments[number]
    }
}
