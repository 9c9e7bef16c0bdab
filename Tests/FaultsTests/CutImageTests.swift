import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct CutImageTests {
    @Test(arguments: [
        (["at": "180"], 180), (["at": "-33"], 99_967), (["at": "-16"], 99_984),
        (["at": "50%"], 50_000), (["at": "50%", "align": "4KiB"], 49_152), (["at": "0"], 0),
        (["at": "-1", "align": "16"], 99_984), (["at": "100000", "align": "65536"], 65_536),
    ])
    func leavesWhatLiesBeforeThePlace(_ values: [String: String], _ count: Int) throws {
        var knobs = Knobs(values.mapValues { [$0] })
        let fault = try CutImage(&knobs)
        var (image, dice) = (Image(name: "app.bin", bytes: Edited.largeApp), Dice(seed: 1))
        try fault.edit(&image, using: &dice)
        #expect(image.count == count)
        #expect(try image.bytes(in: 0..<count) == Array(Edited.largeApp[..<count]))
    }

    @Test func aPlaceAtTheEndIsRefused() throws {
        let text = try Edited.refusal(by: CutImage.self, ["at": "100%"])
        #expect(text?.contains("has 416 bytes and is to be cut at 416") == true)
        #expect(try Edited.refusal(by: CutImage.self, ["at": "0"], of: []) != nil)
    }

    @Test func knobsThatMeanNothingAreRefused() {
        #expect(CutImage.complaint([:])?.knob == "at")
        #expect(CutImage.complaint(["at": "1", "align": "0"])?.knob == "align")
    }

    @Test func readsNothing() throws {
        var (image, dice) = (Image(name: "f", source: Unreadable(count: 1 << 40)), Dice(seed: 1))
        try CutImage(["at": "50%"]).edit(&image, using: &dice)
        #expect(image.count == 1 << 39)
    }
}

/// Bytes that must not be looked at.
struct Unreadable: ByteSource {
    let count: Int
    var fingerprint: UInt64 { 1 }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        throw ImageError("read at \(offset)")
    }
}
