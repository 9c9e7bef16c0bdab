import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct TimerWheelTests {
    private let loop = EmbeddedEventLoop()
    private let wheel: TimerWheel
    private let fired = Fired()

    /// What fired, and when, in milliseconds.
    private final class Fired {
        var list: [(name: String, at: Int64)] = []
        var names: [String] { self.list.map(\.name) }
    }

    init() { self.wheel = TimerWheel(loop: self.loop) }

    private func set(_ name: String, at milliseconds: Double, tick: Int64 = 1) -> Timer {
        let nanoseconds = UInt64(milliseconds * 1e6)
        return self.wheel.set(
            at: .uptimeNanoseconds(nanoseconds), tick: .milliseconds(tick)
        ) { [fired, loop] in
            fired.list.append((name, Int64(loop.now.uptimeNanoseconds / 1_000_000)))
        }
    }

    private func advance(to milliseconds: Int64) {
        let now = Int64(self.loop.now.uptimeNanoseconds)
        self.loop.advanceTime(by: .nanoseconds(milliseconds * 1_000_000 - now))
    }

    @Test func eachFiresOnceAtItsMomentInTheOrderOfTheMoments() {
        for (name, moment) in [("c", 30.0), ("a", 10), ("d", 40), ("b", 20)] {
            _ = self.set(name, at: moment)
        }
        self.advance(to: 100)
        #expect(self.fired.names == ["a", "b", "c", "d"])
        #expect(self.fired.list.map(\.at) == [10, 20, 30, 40])
    }

    @Test(arguments: [
        (10.0, 1, 10), (10.1, 1, 11), (10.1, 50, 50), (50, 50, 50), (50.001, 50, 100),
    ])
    func neverFiresTooEarlyAndAtMostATickTooLate(moment: Double, tick: Int64, fires: Int64) {
        _ = self.set("a", at: moment, tick: tick)
        self.advance(to: fires - 1)
        #expect(self.fired.list.isEmpty)
        self.advance(to: fires)
        #expect(self.fired.names == ["a"])
    }

    @Test func oneThatWasCancelledDoesNotFire() {
        let timers = ["a", "b", "c", "d"].map { self.set($0, at: 10) }
        // In the middle, the last, and one twice.
        timers[1].cancel()
        timers[3].cancel()
        timers[1].cancel()
        self.advance(to: 100)
        #expect(self.fired.names == ["a", "c"])
        // They have fired: nothing is left to cancel.
        timers.forEach { $0.cancel() }
        _ = self.set("e", at: 110)
        self.advance(to: 200)
        #expect(self.fired.names == ["a", "c", "e"])
    }

    @Test func aSlotThatWasEmptiedFillsAgain() {
        self.set("a", at: 10).cancel()
        _ = self.set("b", at: 10)
        self.set("c", at: 5).cancel()
        self.advance(to: 100)
        #expect(self.fired.names == ["b"])
    }

    @Test func oneMayCancelAnotherOfItsSlotAndSetNewOnes() {
        var other: Timer?
        _ = self.wheel.set(at: .uptimeNanoseconds(10_000_000), tick: .milliseconds(1)) {
            other?.cancel()
            _ = self.set("new", at: 12)
            // What is over already fires at once.
            _ = self.set("past", at: 10)
        }
        other = self.set("cancelled", at: 10)
        self.advance(to: 100)
        #expect(self.fired.names == ["past", "new"])
    }

    /// Whatever is set and cancelled in whatever order, what fires is what was left.
    @Test func anyOrderOfSettingAndCancelling() {
        var dice = Dice(seed: 7)
        var expected: [String: Int64] = [:]
        var timers: [String: Timer] = [:]
        for number in 0..<5_000 {
            let moment = Int64(dice.roll(0..<200))
            timers["\(number)"] = self.set("\(number)", at: Double(moment))
            expected["\(number)"] = moment
            if dice.roll(0..<3) == 0, let gone = expected.keys.sorted().first {
                timers[gone]?.cancel()
                expected[gone] = nil
            }
        }
        self.advance(to: 1_000)
        #expect(
            Dictionary(uniqueKeysWithValues: self.fired.list.map { ($0.name, $0.at) }) == expected)
    }

    @Test func whatATimerHoldsIsLetGoOfWhenItIsCancelledOrHasFired() {
        final class Held {}
        for cancels in [true, false] {
            weak var held: Held?
            let timer: Timer
            do {
                let object = Held()
                held = object
                timer = self.wheel.set(at: self.loop.now + .milliseconds(1), tick: .milliseconds(1))
                {
                    withExtendedLifetime(object) {}
                }
            }
            #expect(held != nil)
            if cancels { timer.cancel() } else { self.loop.advanceTime(by: .seconds(1)) }
            #expect(held == nil)
        }
    }
}
