import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct DelayTests {
    @Test(arguments: [0..<100, 50..<100])
    func waitsOnceBeforeTheStreamsFirstByteWhateverItsOffset(_ range: Range<Int>) throws {
        let playback = try Playback(Delay.self, ["by": "2s"], [range], cut: 10)
        #expect(playback.waits == [2_000_000_000])
        #expect(playback.times.allSatisfy { $0 == 2_000_000_000 })
        #expect(playback.bytes == honestBytes(range))
        #expect(
            playback.strikes == [Strike(kind: .waited(.seconds(2)), offset: range.lowerBound)])
    }

    @Test func waitsBeforeAPlaceInTheStream() throws {
        let playback = try Playback(Delay.self, ["by": "1s", "at": "-40"], [0..<100], total: 100)
        #expect(playback.times[59] == 0 && playback.times[60] == 1_000_000_000)
        let missed = try Playback(Delay.self, ["by": "1s", "at": "0"], [50..<100])
        #expect(missed.waits.isEmpty && missed.strikes.isEmpty)
    }

    @Test func waitsOnceThoughThePlaceComesTwice() throws {
        let playback = try Playback(Delay.self, ["by": "1s", "at": "5"], [0..<10, 3..<8])
        #expect(playback.waits == [1_000_000_000])
    }

    @Test func addsAJitterThatTheSeedPicks() throws {
        let waits = try (0..<50).map { seed in
            try Playback(
                Delay.self, ["by": "1s", "jitter": "10ms"], [0..<9], seed: UInt64(seed)
            ).waited
        }
        #expect(waits.allSatisfy { (1_000_000_000...1_010_000_000).contains($0) })
        #expect(Set(waits).count > 45)
        let (low, high) = (waits.min() ?? 0, waits.max() ?? 0)
        #expect(low < 1_002_000_000 && high > 1_008_000_000)
    }

    @Test func aStreamWithoutBytesIsNotDelayed() throws {
        #expect(try Playback(Delay.self, ["by": "1s"], []).waits.isEmpty)
    }

    @Test func timesThatAreTooLongTogetherAreRefused() {
        #expect(Delay.complaint(["by": "106000d", "jitter": "106000d"])?.knob == "jitter")
        #expect(Delay.complaint(["jitter": "1s"])?.knob == "by")
    }
}
