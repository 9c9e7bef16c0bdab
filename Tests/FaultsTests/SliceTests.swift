import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct SliceTests {
    @Test(arguments: [1, 33, 100, 1000])
    func eachSliceIsASegmentHoweverTheStreamIsCut(_ cut: Int) throws {
        let playback = try Playback(Slice.self, ["size": "100"], [0..<1050], cut: cut)
        #expect(playback.segments == Array(repeating: 100, count: 10) + [50])
        #expect(playback.bytes == honestBytes(0..<1050))
        #expect(playback.waited == 0)
    }

    @Test func countsFromTheStreamsFirstByte() throws {
        let playback = try Playback(Slice.self, ["size": "40"], [130..<190, 500..<530])
        #expect(playback.segments == [40, 40, 10])
    }

    @Test func pausesBetweenSlicesOnly() throws {
        let playback = try Playback(
            Slice.self, ["size": "10", "pause": "5ms"], [0..<35], cut: 4)
        #expect(playback.waits == [5_000_000, 5_000_000, 5_000_000])
        #expect([9, 10, 34].map { playback.times[$0] } == [0, 5_000_000, 15_000_000])
        #expect(try Playback(Slice.self, ["size": "10", "pause": "5ms"], [0..<10]).waits == [])
    }

    @Test func strikesAtTheEndOfEachSlice() throws {
        let playback = try Playback(Slice.self, ["size": "2"], [0..<5])
        #expect(playback.strikes == [2, 4, 5].map { Strike(kind: .pushed, offset: $0) })
    }

    @Test func aSliceHasAByte() {
        #expect(Slice.complaint(["size": "0"])?.knob == "size")
        #expect(Slice.complaint([:])?.knob == "size")
    }

    @Test func itEndsAtAPlace() throws {
        let playback = try Playback(Slice.self, ["size": "2", "to": "5"], [0..<20], cut: 7)
        #expect(playback.segments == [2, 2, 16])
        #expect(playback.bytes == honestBytes(0..<20))
    }
}
