import FaultKit
import NIOCore
import Testing

@testable import FaultServer

@Suite struct UnitCutterTests {
    private static func record(_ count: Int, type: UInt8 = 23) -> [UInt8] {
        [type, 3, 3, UInt8(count >> 8), UInt8(count & 0xFF)]
            + [UInt8](repeating: 0xAA, count: count)
    }

    private let records = [record(0), record(5, type: 22), record(300), record(16_401)]

    @Test func givesWholeRecordsHoweverTheStreamIsCut() {
        let stream = Array(self.records.joined())
        var dice = Dice(seed: 4)
        for _ in 0..<50 {
            var cutter = UnitCutter(.record)
            var cut: [[UInt8]] = []
            var place = 0
            while place < stream.count {
                let end = min(stream.count, place + dice.roll(1..<5_000))
                cut += cutter.cut(ByteBuffer(bytes: stream[place..<end])).map {
                    Array($0.readableBytesView)
                }
                place = end
            }
            #expect(cut == self.records)
            #expect(cutter.takeRest() == nil)
        }
    }

    @Test func keepsTheBeginningOfARecord() {
        var cutter = UnitCutter(.record)
        #expect(cutter.cut(ByteBuffer(bytes: [23, 3, 3, 0])).isEmpty)
        #expect(cutter.takeRest() == ByteBuffer(bytes: [23, 3, 3, 0]))
        #expect(cutter.takeRest() == nil)
    }
}
