import FaultKit
import FirmwareImage

/// The number of a segment, from 0 on.
struct SegmentNumber: KnobValue, Hashable {
    static let form = "the number of a segment, 0 to 15"

    let value: Int

    init(_ value: Int) { self.value = value }

    init?(knob text: String) {
        guard let value = Int(text), (0..<ImageHeader.mostSegments).contains(value) else {
            return nil
        }
        self.value = value
    }
}
