import FaultKit
import FirmwareImage

/// A text of the app descriptor: at most 31 bytes, with the zero byte behind it 32.
struct DescriptorText: KnobValue, Hashable {
    static let form = "a text of at most 31 bytes"

    let value: String

    init(_ value: String) { self.value = value }

    init?(knob text: String) {
        guard text.utf8.count <= AppDescriptor.Text.version.limit, !text.utf8.contains(0) else {
            return nil
        }
        self.value = text
    }
}
