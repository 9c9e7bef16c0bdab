import FaultServer
import Testing

@testable import Rig

/// What the rig does when something happens.
@Suite struct TrialTests {
    private func trial(offers: Int = 1) -> Trial {
        Trial(
            account: Account(rules: 1), dialect: .faultserve, method: "native",
            url: "https://127.0.0.1:1/firmware.bin", offers: offers)
    }

    private let commands: [Trial.Action] = [
        .type("method native"), .type("https://127.0.0.1:1/firmware.bin"),
    ]

    /// Feeds lines, and gathers what is to be done.
    private func feed(_ lines: [String], to trial: inout Trial) -> [Trial.Action] {
        lines.flatMap { trial.note(.line($0)) }
    }

    @Test func theURLIsTypedOnceTheDeviceTakesOne() {
        var trial = self.trial()
        let boot = DeviceAccountTests.boot("factory", "1.0.0")
        #expect(self.feed(boot.dropLast(), to: &trial).isEmpty)
        #expect(self.feed([boot.last!], to: &trial) == [.begin] + self.commands)
    }

    @Test func itIsOverWhenTheDeviceHasSettled() {
        var trial = self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        let new = DeviceAccountTests.boot(
            "ota_0", "2.0.0", state: "PENDING_VERIFY", selfTest: "pass")
        #expect(self.feed([DeviceAccountTests.updated] + new.dropLast(), to: &trial).isEmpty)
        #expect(self.feed([new.last!], to: &trial) == [.finish])
        #expect(trial.account.device.outcome == .updated)
        // What comes later changes nothing.
        #expect(trial.note(.timeout).isEmpty && trial.note(.ended(.powerCut)).isEmpty)
        #expect(!trial.account.isTimedOut && trial.account.trouble == nil)
    }

    @Test func aSecondOfferComesWhenTheFirstIsOver() {
        var trial = self.trial(offers: 2)
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(self.feed([DeviceAccountTests.refused("verify")], to: &trial) == self.commands)
        #expect(self.feed([DeviceAccountTests.refused("policy")], to: &trial) == [.finish])
        #expect(trial.account.device.stage == .policy)
    }

    @Test func aDeviceThatNeverTakesAURLProvesNothing() {
        var trial = self.trial()
        #expect(trial.note(.timeout) == [.finish])
        #expect(trial.account.trouble?.contains("take a URL") == true)
    }

    @Test func aDeviceThatStillWaitsIsAnOutcome() {
        var trial = self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.timeout) == [.finish])
        #expect(trial.account.trouble == nil && trial.account.isTimedOut)
        #expect(trial.account.device.outcome == .waiting)
    }

    @Test(arguments: [DeviceEnd.gone("it ended with status 1"), .powerCut])
    func aDeviceThatIsGoneProvesNothing(end: DeviceEnd) {
        var trial = self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.ended(end)) == [.finish])
        #expect(trial.account.trouble != nil)
    }

    @Test func aDeviceWithNothingToBootIsUnbootable() {
        var trial = self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.ended(.nothingBoots)) == [.finish])
        #expect(trial.account.device.outcome == .unbootable)
    }
}
