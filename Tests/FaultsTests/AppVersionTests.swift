import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct AppVersionTests {
    @Test func changesTheVersionOnly() throws {
        try EditedImage.expect(AppVersion.self, ["version": "1.0.0"], changes: [48: 0x31])
        // "2.0.0" becomes "v1" and zeros.
        try EditedImage.expect(
            AppVersion.self, ["version": "v1"], changes: .bytes([0x76, 0x31, 0, 0, 0], at: 48))
        try EditedImage.expect(
            AppVersion.self, ["version": ""], changes: .bytes([0, 0, 0, 0, 0], at: 48))
    }

    @Test func takesAllBytesButTheLast() throws {
        try EditedImage.expect(
            AppVersion.self, ["version": String(repeating: "z", count: 31)],
            changes: .bytes([UInt8](repeating: 0x7A, count: 31), at: 48))
        let long = String(repeating: "z", count: 32)
        #expect(AppVersion.complaint(["version": long])?.knob == "version")
        #expect(AppVersion.complaint([:])?.knob == "version")
    }

    @Test func theVersionThatTheImageHasIsOfferedAsItIs() throws {
        let edited = try EditedImage(AppVersion.self, ["version": "2.0.0"])
        #expect(edited.before == edited.after)
    }

    @Test func anImageWithoutRoomForADescriptorIsTold() throws {
        let image = AppImage(
            header: ImageHeader(chip: .esp32, segmentCount: 1, entryAddress: 0x4008_0000),
            segments: [ImageSegment(loadAddress: 0x4008_0000, data: [6, 0xFF, 0xFF, 0])])
        let complaint = EditedImage.complaint(
            AppVersion.self, ["version": "1"], of: image.bytes)
        #expect(complaint?.contains("'app.bin' has no room for app.version") == true)
    }
}
