import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct SegmentCountTests {
    @Test(arguments: [("17", 17), ("0", 0), ("255", 255), ("+1", 6), ("-1", 4), ("-5", 0)])
    func changesTheSecondByteOnly(_ count: String, _ said: UInt8) throws {
        try EditedImage.expect(SegmentCount.self, ["count": count], changes: [1: said])
    }

    @Test func whatTheImageSaysAlreadyIsNoFault() {
        let complaint = EditedImage.complaint(SegmentCount.self, ["count": "5"])
        #expect(complaint?.contains("'app.bin' is so already") == true)
    }

    @Test func aCountBelowNoneIsRefused() {
        let complaint = EditedImage.complaint(SegmentCount.self, ["count": "-6"])
        #expect(complaint?.contains("has 5 segments and cannot say 6 fewer") == true)
    }

    @Test func aCountWithWhichTheImageIsValidIsNoFault() throws {
        // Four bytes more of code, and 15 zeros stand before the checksum.
        let honest = try AppImage(parsing: EditedImage.honest)
        var segments = honest.segments
        segments[4] = ImageSegment(
            loadAddress: segments[4].loadAddress, data: segments[4].data + [0, 0, 0, 0])
        let image = AppImage(header: honest.header, segments: segments).bytes
        let complaint = EditedImage.complaint(SegmentCount.self, ["count": "+1"], of: image)
        #expect(complaint?.contains("valid with that 'count', too") == true)
        _ = try EditedImage(SegmentCount.self, ["count": "+2"], of: image)
    }

    @Test func refusesWhatIsNoCount() {
        #expect(SegmentCount.complaint([:])?.knob == "count")
        for count in ["256", "+0", "-0", "+", "", "1.5", "+201"] {
            #expect(SegmentCount.complaint(["count": count])?.knob == "count", "\(count)")
        }
    }
}
