import FaultKit
import Faults
import Testing

@Suite struct TruncateTests {
    @Test(arguments: [1, 7, 400, 1000])
    func stopsAtTheSameByteHoweverTheStreamIsCut(_ cut: Int) throws {
        let playback = try Playback(
            Truncate.self, ["at": "40%"], [0..<1000], total: 1000, cut: cut)
        #expect(playback.bytes == honestBytes(0..<400))
        #expect(playback.ending == .cut)
        #expect(playback.strikes == [Strike(kind: .ended(.cut), offset: 400)])
    }

    @Test(arguments: Ending.allCases)
    func endsAsItIsTold(_ ending: Ending) throws {
        let playback = try Playback(
            Truncate.self, ["at": "5", "ending": ending.rawValue], [0..<10])
        #expect(playback.ending == ending)
        #expect(playback.strikes == [Strike(kind: .ended(ending), offset: 5)])
    }

    @Test func countsFromTheImagesBeginningInARange() throws {
        let hit = try Playback(Truncate.self, ["at": "600"], [500..<1000], total: 1000)
        #expect(hit.bytes == honestBytes(500..<600))
        let missed = try Playback(Truncate.self, ["at": "400"], [500..<1000], total: 1000)
        #expect(missed.bytes == honestBytes(500..<1000) && missed.strikes.isEmpty)
    }

    @Test func sendsNothingWhenItStopsAtTheFirstByte() throws {
        let playback = try Playback(Truncate.self, ["at": "0"], [0..<10])
        #expect(playback.bytes.isEmpty && playback.ending == .cut)
    }

    @Test func doesNotStrikeWhereNothingIsMissing() throws {
        let playback = try Playback(Truncate.self, ["at": "100%"], [0..<10], total: 10)
        #expect(playback.ending == .clean && playback.strikes.isEmpty)
    }

    @Test func needsAPlace() {
        #expect(Truncate.complaint([:])?.knob == "at")
        #expect(Truncate.complaint(["at": "1", "ending": "bang"])?.knob == "ending")
    }
}
