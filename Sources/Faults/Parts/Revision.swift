import FaultKit

/// A revision of a chip or of its eFuse block, written `3.1` or, as headers have it, `301`:
/// major * 100 + minor (ESP-IDF, "Chip Revision").
struct Revision: KnobValue, Hashable {
    static let form = "a revision such as 3.1, up to 655.35, or as a number such as 301"

    let value: UInt16

    init?(knob text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        switch parts.count {
        case 1:
            guard let value = UInt16(text) else { return nil }
            self.value = value
        case 2:
            guard let major = UInt16(parts[0]), let minor = UInt16(parts[1]), minor < 100,
                let value = UInt16(exactly: Int(major) * 100 + Int(minor))
            else { return nil }
            self.value = value
        default: return nil
        }
    }
}

/// Which revisions an image says that it runs on: the knobs `min` and `max`, at least one of them.
struct RevisionLimits {
    /// As the image has it; nil if it stays as it is.
    let min: Int?
    /// As the image has it; nil if it stays as it is.
    let max: Int?

    init(_ knobs: inout Knobs) throws {
        self.min = try knobs.readIfSet("min", as: Revision.self).map { Int($0.value) }
        self.max = try knobs.readIfSet("max", as: Revision.self).map { Int($0.value) }
        if self.min == nil, self.max == nil {
            throw KnobError(
                knob: "min", "'min' is missing, and so is 'max'; write one of them, or both")
        }
    }
}
