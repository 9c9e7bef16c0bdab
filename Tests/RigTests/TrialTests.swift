import FaultKit
import NIOCore
import Testing

@testable import FaultServer
@testable import Rig

/// What the rig does when something happens.
@Suite struct TrialTests {
    /// The first step of a profile with these lines, on a device that has no power yet.
    private func trial(_ lines: String = "rules: []", isOn: Bool = false) throws -> Trial {
        let text = "name: p\nstory: A story.\n" + lines
        let profile = try Profile.read(text, file: "p.yaml", catalogue: Catalogue([Hiccup.self]))
        return Trial(
            profile.steps[0], account: Account(rules: 1), isOn: isOn, dialect: .faultserve,
            method: "native", url: "https://127.0.0.1:1/firmware.bin")
    }

    private let commands: [Trial.Action] = [
        .type("method native"), .type("https://127.0.0.1:1/firmware.bin"),
    ]

    /// Feeds lines, and gathers what is to be done.
    private func feed(_ lines: [String], to trial: inout Trial) -> [Trial.Action] {
        lines.flatMap { trial.note(.line($0)) }
    }

    @Test func theURLIsTypedOnceTheDeviceTakesOne() throws {
        var trial = try self.trial()
        let boot = DeviceAccountTests.boot("factory", "1.0.0")
        #expect(self.feed(boot.dropLast(), to: &trial).isEmpty)
        #expect(self.feed([boot.last!], to: &trial) == [.begin] + self.commands)
    }

    @Test func itIsOverWhenTheDeviceHasSettled() throws {
        var trial = try self.trial()
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

    @Test func aStepBeginsWithPower() throws {
        var trial = try self.trial()
        #expect(trial.start() == [.powerOn(FlashMishap())])
        // One that runs is asked at once.
        var next = try self.trial(isOn: true)
        #expect(next.start() == [.begin] + self.commands)
    }

    @Test func aStepThatRestartsGoesWithoutPowerFirst() throws {
        var trial = try self.trial("steps: [{ offer: no, restart: yes }]", isOn: true)
        #expect(trial.start() == [.powerOff, .powerOn(FlashMishap())])
        // Without an offer it is over as soon as the device is up.
        let actions = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(actions == [.begin, .finish])
        #expect(trial.account.device.outcome == .unchanged)
    }

    // MARK: Mishaps

    @Test func theDeviceIsResetOnceWhenARuleStrikes() throws {
        var trial = try self.trial(
            "steps: [{ rules: [{ fault: hiccup }], reset: { strike: 1, after: 300ms } }]")
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        func strike(_ rule: Int) -> Trial.Input {
            let strike = Event.FaultStrike(rule: rule, fault: "f", on: "body", action: "ended")
            return .event(
                Event(
                    number: 1, milliseconds: 0, connection: 1, request: 1, kind: .fault(strike)))
        }
        #expect(trial.note(strike(1)).isEmpty)
        #expect(trial.note(strike(0)) == [.wait(.milliseconds(300))])
        #expect(trial.account.mishap == .missed)
        #expect(trial.note(.waited) == [.powerOff, .powerOn(FlashMishap())])
        #expect(trial.account.mishap == .struck)
        #expect(trial.note(strike(0)).isEmpty)
        #expect(
            self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial) == [.finish])
        #expect(trial.account.device.outcome == .unchanged)
    }

    @Test func theDeviceIsResetAtALineOfItsConsole() throws {
        var trial = try self.trial("steps: [{ reset: { line: 'Starting OTA' } }]")
        // Lines count from the offer on.
        #expect(self.feed(["Starting OTA"], to: &trial).isEmpty)
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(
            self.feed(["I (5) app: Starting OTA now"], to: &trial)
                == [.powerOff, .powerOn(FlashMishap())])
    }

    @Test func theDeviceIsResetSomeTimeAfterTheOffer() throws {
        var trial = try self.trial("steps: [{ reset: { after: 2s } }]")
        let actions = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(actions == [.begin] + self.commands + [.wait(.seconds(2))])
        // The device was quicker.
        #expect(self.feed([DeviceAccountTests.refused("verify")], to: &trial) == [.finish])
        #expect(trial.account.mishap == .missed)
    }

    @Test func powerThatWasCutComesBack() throws {
        var trial = try self.trial("steps: [{ cut: otadata.erase#1 }]", isOn: true)
        var flash = FlashMishap()
        flash.cut = "otadata.erase#1"
        #expect(trial.start() == [.powerOff, .powerOn(flash)])
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.ended(.powerCut)) == [.powerOn(FlashMishap())])
        #expect(trial.account.mishap == .struck)
        #expect(
            self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial) == [.finish])
        #expect(trial.account.device.outcome == .unchanged)
    }

    @Test func damageIsDoneAtOnce() throws {
        var trial = try self.trial("steps: [{ damage: otadata=erase }]")
        _ = trial.start()
        #expect(trial.account.mishap == .struck)
    }

    @Test func aDeviceThatNeverTakesAURLProvesNothing() throws {
        var trial = try self.trial()
        #expect(trial.note(.timeout) == [.finish])
        #expect(trial.account.trouble?.contains("take a URL") == true)
    }

    @Test func aDeviceThatStillWaitsIsAnOutcome() throws {
        var trial = try self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.timeout) == [.finish])
        #expect(trial.account.trouble == nil && trial.account.isTimedOut)
        #expect(trial.account.device.outcome == .waiting)
    }

    @Test(arguments: [DeviceEnd.gone("it ended with status 1"), .powerCut])
    func aDeviceThatIsGoneProvesNothing(end: DeviceEnd) throws {
        var trial = try self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.ended(end)) == [.finish])
        #expect(trial.account.trouble != nil)
    }

    @Test func aDeviceWithNothingToBootIsUnbootable() throws {
        var trial = try self.trial()
        _ = self.feed(DeviceAccountTests.boot("factory", "1.0.0"), to: &trial)
        #expect(trial.note(.ended(.nothingBoots)) == [.finish])
        #expect(trial.account.device.outcome == .unbootable)
    }
}

/// A fault that does nothing.
private struct Hiccup: StreamFault {
    static let manual = Manual(
        name: "hiccup", summary: "does nothing", requirement: "None.", example: [:])

    init(_ knobs: inout Knobs) throws {}

    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
    }
}
