import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct StallTests {
    @Test(arguments: [1, 30, 1000])
    func fallsSilentForEverWithoutATime(_ cut: Int) throws {
        let playback = try Playback(Stall.self, ["at": "64"], [0..<1000], cut: cut)
        #expect(playback.bytes == honestBytes(0..<64))
        #expect(playback.ending == .hang && playback.waited == 0)
        #expect(playback.strikes == [Strike(kind: .ended(.hang), offset: 64)])
    }

    @Test(arguments: [1, 30, 1000])
    func goesOnAfterItsTime(_ cut: Int) throws {
        let playback = try Playback(
            Stall.self, ["at": "40%", "for": "5s"], [0..<1000], total: 1000, cut: cut)
        #expect(playback.bytes == honestBytes(0..<1000) && playback.ending == .clean)
        #expect(playback.times[399] == 0 && playback.times[400] == 5_000_000_000)
        #expect(playback.waits == [5_000_000_000])
        #expect(playback.strikes == [Strike(kind: .waited(.seconds(5)), offset: 400)])
    }

    @Test func missesARangeThatMissesItsPlace() throws {
        let playback = try Playback(Stall.self, ["at": "400"], [500..<900], total: 1000)
        #expect(playback.bytes == honestBytes(500..<900) && playback.strikes.isEmpty)
    }
}
