import FaultKit
import Testing

@Suite struct ByteRangesTests {
    @Test(arguments: [
        // RFC 9110 §14.1.2, for a content of 10000 bytes
        ("bytes=0-499", [0..<500]),
        ("bytes=500-999", [500..<1_000]),
        ("bytes=-500", [9_500..<10_000]),
        ("bytes=9500-", [9_500..<10_000]),
        ("bytes=0-0,-1", [0..<1, 9_999..<10_000]),
        ("bytes= 0-999, 4500-5499, -1000", [0..<1_000, 4_500..<5_500, 9_000..<10_000]),
        ("bytes=500-600,601-999", [500..<1_000]),
        ("bytes=500-700,601-999", [500..<1_000]),
        // The order is the request's.
        ("bytes=9000-9001,0-1,500-501", [9_000..<9_002, 0..<2, 500..<502]),
        ("bytes=9000-9001,0-1,9002-9003", [9_000..<9_004, 0..<2]),
        ("bytes=0-1,4-5,2-3", [0..<6]),
        ("bytes=8-9,0-1,3-6,2-7", [0..<10]),
        ("bytes=0-9,2-3", [0..<10]),
        // What reaches beyond the end is cut, what lies beyond is left out.
        ("bytes=9999-10000", [9_999..<10_000]),
        ("bytes=10000-", []),
        ("bytes=10000-10001,0-0", [0..<1]),
        ("bytes=-10001", [0..<10_000]),
        ("bytes=-0", []),
        ("bytes=-0,5-5", [5..<6]),
        ("bytes=0-9223372036854775807", [0..<10_000]),
        ("bytes=0-99999999999999999999999999", [0..<10_000]),
        ("bytes=99999999999999999999999999-", []),
        ("bytes=9223372036854775807-9223372036854775807", []),
        ("bytes=18446744073709551616-18446744073709551617", []),
        ("bytes=-99999999999999999999999999", [0..<10_000]),
        ("bytes=00000000000000000000000000005-6", [5..<7]),
        // The unit's case is free, and elements may be empty (RFC 9110 §5.6.1).
        ("BYTES=0-0", [0..<1]),
        ("bytes=,, 0-0 ,\t, 2-2,", [0..<1, 2..<3]),
    ])
    func resolves(value: String, expected: [Range<Int>]) throws {
        let ranges = try #require(ByteRanges(value))
        #expect(ranges.resolved(in: 10_000) == expected)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=1", "bytes=a-b", "bytes=0-b",
        "bytes=5-4", "bytes=0-1,5-4", "bytes=0-1 2-3", "bytes=0 - 1", "bytes=--1", "bytes=-1-2",
        "bytes=+0-1", "bytes=0-+1", "bytes=0x0-1", "bytes =0-1", " bytes=0-1", "items=0-1",
        "=0-1", "0-1", "bytes:0-1", "bytes=0-1;2-3", "bytes=\u{661}-\u{662}", "bytes=0-1\0",
        "bytes=99999999999999999999-0",
    ])
    func ignoresWhatIsNoListOfByteRanges(value: String) {
        #expect(ByteRanges(value) == nil)
    }

    @Test func allowsSixtyFourRangesAndNoMore() {
        let specs = (0..<65).map { "\($0 * 2)-\($0 * 2)" }
        let most = "bytes=" + specs.prefix(64).joined(separator: ",")
        #expect(ByteRanges(most)?.resolved(in: 1_000).count == 64)
        #expect(ByteRanges("bytes=" + specs.joined(separator: ",")) == nil)
    }

    @Test func nothingOfAnEmptyContentIsSatisfiable() throws {
        for value in ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"] {
            #expect(try #require(ByteRanges(value)).resolved(in: 0) == [])
        }
    }

    /// Compared with marks on a ruler, which know nothing of joining.
    @Test func coversWhatWasAskedForAndNothingElse() throws {
        var dice = Dice(seed: 3, for: 1)
        for _ in 0..<5_000 {
            let count = dice.roll(0..<40)
            var marks = Set<Int>()
            let specs = (0..<dice.roll(1..<8)).map { _ -> String in
                let first = dice.roll(0..<50)
                let last = dice.roll(first..<55)
                switch dice.roll(0..<3) {
                case 0:
                    marks.formUnion((first...last).filter { $0 < count })
                    return "\(first)-\(last)"
                case 1:
                    marks.formUnion((first..<60).filter { $0 < count })
                    return "\(first)-"
                default:
                    marks.formUnion((0..<count).suffix(first))
                    return "-\(first)"
                }
            }
            let value = "bytes=" + specs.joined(separator: ",")
            let ranges = try #require(ByteRanges(value)).resolved(in: count)
            #expect(ranges.reduce(0) { $0 + $1.count } == marks.count, "\(value) of \(count)")
            #expect(Set(ranges.joined()) == marks, "\(value) of \(count)")
            for range in ranges {
                #expect(!range.isEmpty)
                #expect(!marks.contains(range.upperBound) && !marks.contains(range.lowerBound - 1))
            }
        }
    }
}
