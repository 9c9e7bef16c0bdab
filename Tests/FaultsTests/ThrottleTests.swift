import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct ThrottleTests {
    private static let rates = [
        "8bit/s", "7/s", "1KiB/s", "3KiB/s", "64KiB/s", "1MB/s", "5MiB/s", "33MiB/s", "100MiB/s",
    ]

    @Test(arguments: rates, [977, 131_072])
    func noByteLeavesEarlyNorMoreThanAQuantumLate(_ text: String, _ cut: Int) throws {
        let rate = try #require(Rate(knob: text))
        let playback = try Playback(Throttle.self, ["rate": text], [0..<100_003], cut: cut)
        #expect(playback.bytes == honestBytes(0..<100_003))
        // A tenth of a second, or the time of 1 KiB if that is longer, but no longer than a second.
        let perSecond = rate.bytesPerSecond
        let quantum = max(perSecond / 10, min(perSecond, 1024)) + 1
        let wrong = stride(from: 0, to: playback.times.count, by: 101).filter { index in
            let due = rate.time(for: index + 1).nanoseconds
            let late = rate.time(for: index + quantum).nanoseconds + 1
            return !(due...late).contains(playback.times[index])
        }
        #expect(wrong == [])
    }

    @Test(arguments: rates, [1, 977, 131_072])
    func takesExactlyAsLongAsTheRateSays(_ text: String, _ cut: Int) throws {
        let rate = try #require(Rate(knob: text))
        let playback = try Playback(Throttle.self, ["rate": text], [0..<20_011], cut: cut)
        #expect(playback.waited == rate.time(for: 20_011).nanoseconds)
    }

    @Test(arguments: rates.dropFirst(2))
    func waitsAreLongEnoughForTimersAndShortEnoughToFlow(_ text: String) throws {
        let playback = try Playback(
            Throttle.self, ["rate": text], [0..<800_000], cut: 131_072)
        let waits = playback.waits.sorted()
        #expect(waits[waits.count / 2] >= 1_000_000)
        #expect(try #require(waits.last) <= 1_000_000_001)
    }

    @Test func aBudgetBeginsWithTheStreamsFirstByte() throws {
        let playback = try Playback(
            Throttle.self, ["rate": "1000/s"], [5000..<6000, 8000..<8500], total: 9000)
        #expect(playback.bytes == honestBytes(5000..<6000) + honestBytes(8000..<8500))
        #expect(playback.waited == 1_500_000_000)
    }

    @Test(arguments: [1, 700, 10_000])
    func isFastBeforeItsPlace(_ cut: Int) throws {
        let playback = try Playback(
            Throttle.self, ["rate": "1000/s", "from": "50%"], [0..<2000], total: 2000, cut: cut)
        #expect(playback.times[999] == 0)
        #expect(playback.times[1000] >= 1_000_000)
        #expect(playback.waited == 1_000_000_000)
        let inside = try Playback(
            Throttle.self, ["rate": "1000/s", "from": "100"], [500..<1500], cut: cut)
        #expect(inside.waited == 1_000_000_000)
    }

    @Test func sendsAQuantumAtATime() throws {
        let playback = try Playback(
            Throttle.self, ["rate": "100/s", "quantum": "30"], [0..<100], cut: 100)
        #expect(playback.waits == [300_000_000, 300_000_000, 300_000_000, 100_000_000])
        #expect(Throttle.complaint(["rate": "1/s", "quantum": "0"])?.knob == "quantum")
        #expect(Throttle.complaint(["rate": "0/s"])?.knob == "rate")
    }

    @Test func keepsNothingBack() throws {
        var (fault, outlet, dice) = (try Throttle(["rate": "1KiB/s"]), Outlet(), Dice(seed: 1))
        let chunk = Chunk(offset: 0, total: nil, bytes: .init(bytes: honestBytes(0..<10)))
        outlet.run(&fault, chunk, &dice)
        #expect(outlet.takeSteps().last == .send(chunk.bytes))
    }
}
