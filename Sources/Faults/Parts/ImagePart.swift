import FaultKit
import FirmwareImage

/// A part of an app image that a fault keeps to.
enum ImagePart: String, CaseIterable, KnobValue {
    case header
    case descriptor
    /// The segments' data, without their headers and the app descriptor.
    case segments
    case padding
    case checksum
    case digest

    /// Where the part stands; empty if the image has none.
    func places(in map: AppImageMap) -> Places {
        switch self {
        case .header: Places([0..<ImageHeader.size])
        case .descriptor: Places([map.descriptor].compactMap { $0 })
        case .segments: map.contents
        case .padding: Places([map.padding])
        case .checksum: Places([map.checksum..<map.checksum + 1])
        case .digest: Places([map.digest].compactMap { $0 })
        }
    }
}

extension AppImageMap {
    /// The segments' data without the app descriptor: what only the seals protect.
    var contents: Places {
        Places(
            self.segments.enumerated().map { number, segment in
                guard number == 0, let descriptor = self.descriptor else { return segment.data }
                return descriptor.upperBound..<segment.data.upperBound
            })
    }
}

/// Places of an image, counted in a row though others lie between them.
struct Places {
    /// Ascending; none is empty.
    let ranges: [Range<Int>]
    let count: Int

    init(_ ranges: [Range<Int>]) {
        self.ranges = ranges.filter { !$0.isEmpty }
        self.count = ranges.reduce(0) { $0 + $1.count }
    }

    /// The place of that number, from 0.
    /// - Precondition: the number is under ``count``.
    subscript(number: Int) -> Int {
        var rest = number
        for range in self.ranges {
            if rest < range.count { return range.lowerBound + rest }
            rest -= range.count
        }
        preconditionFailure("there are \(self.count) places, and none has the number \(number)")
    }

    func contains(_ place: Int) -> Bool { self.ranges.contains { $0.contains(place) } }

    /// Those that lie in a range.
    func clamped(to bounds: Range<Int>) -> Places {
        Places(self.ranges.map { $0.clamped(to: bounds) })
    }
}
