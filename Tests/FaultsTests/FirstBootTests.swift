import FaultKit
import Faults
import Testing

/// The directive stands at 288: behaviour at 296, phase at 297, delay in milliseconds at 300.
@Suite struct FirstBootTests {
    @Test(arguments: [("fail-self-test", 1), ("crash", 2), ("hang", 3), ("no-confirm", 4)])
    func changesTheBehaviourOnly(_ behaviour: String, _ value: UInt8) throws {
        try EditedImage.expect(FirstBoot.self, ["behaviour": behaviour], changes: [296: value])
    }

    @Test func changesPhaseAndDelay() throws {
        try EditedImage.expect(
            FirstBoot.self, ["behaviour": "hang", "phase": "startup"],
            changes: [296: 3, 297: 1])
        // 90,000 ms are 0x15f90.
        try EditedImage.expect(
            FirstBoot.self, ["behaviour": "pass", "after": "90s"],
            changes: .bytes([0x90, 0x5F, 0x01], at: 300))
    }

    @Test func takesBackWhatAnImageSays() throws {
        var image = EditedImage.honest
        image.replaceSubrange(296..<298, with: [2, 1])
        image[300] = 9
        let edited = try EditedImage(FirstBoot.self, ["behaviour": "pass"], of: image)
        #expect(edited.changes == [296: 0, 297: 0, 300: 0])
    }

    @Test(arguments: [288, 292, 296, 297])
    func anImageWithoutADirectiveIsToldWhatToDo(_ place: Int) throws {
        var image = EditedImage.honest
        image[place] = 0xAA
        let complaint = EditedImage.complaint(FirstBoot.self, ["behaviour": "hang"], of: image)
        #expect(complaint?.contains("'app.bin' carries no directive at 288") == true)
        #expect(complaint?.contains("entry-address") == true)
    }

    @Test func refusesWhatCannotHappen() {
        #expect(FirstBoot.complaint([:])?.knob == "behaviour")
        for behaviour in ["pass", "fail-self-test", "no-confirm"] {
            let complaint = FirstBoot.complaint(["behaviour": behaviour, "phase": "startup"])
            #expect(complaint?.knob == "phase", "\(behaviour)")
        }
        for after in ["50d", "1us", "5"] {
            let complaint = FirstBoot.complaint(["behaviour": "crash", "after": after])
            #expect(complaint?.knob == "after", "\(after)")
        }
    }
}
