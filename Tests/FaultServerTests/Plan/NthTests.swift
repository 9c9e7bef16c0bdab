import FaultKit
import Testing

@testable import FaultServer

struct NthTests {
    @Test func readsEachWayOfWriting() throws {
        let cases: [(String, [Int])] = [
            ("1", [1]), ("2..", Array(2...12)), ("..3", [1, 2, 3]), ("2..4", [2, 3, 4]),
            ("every 3", [3, 6, 9, 12]), ("1,3", [1, 3]), ("1, 3 , 10..", [1, 3, 10, 11, 12]),
            ("every 5,1", [1, 5, 10]), ("every 1", Array(1...12)),
        ]
        for (text, expected) in cases {
            let nth = try #require(Nth(knob: text), "\(text)")
            #expect((1...12).filter(nth.contains) == expected, "\(text)")
        }
    }

    @Test(arguments: [
        "", "0", "-1", "+1", "..", "..0", "0..3", "4..2", "1..2..3", "every", "every 0",
        "every 2..",
        "1,", ",1", "one", "1.5", "99999999999999999999", "every every 2", "١",
    ])
    func refuses(_ text: String) {
        #expect(Nth(knob: text) == nil)
    }

    @Test func readsBackWhatItSays() throws {
        var dice = Dice(seed: 7, for: 1)
        for _ in 0..<500 {
            let parts = (0...dice.roll(0..<3)).map { _ -> String in
                let low = dice.roll(1..<9)
                let high = low + dice.roll(0..<5)
                return ["\(low)", "\(low)..", "..\(high)", "\(low)..\(high)", "every \(low)"][
                    dice.roll(0..<5)]
            }
            let text = parts.joined(separator: ",")
            let nth = try #require(Nth(knob: text))
            #expect(Nth(knob: nth.description) == nth)
            for count in 1...20 {
                #expect(nth.contains(count) == parts.contains { Self.slow($0, count) }, "\(text)")
            }
        }
    }

    /// The same, told another way.
    private static func slow(_ part: String, _ count: Int) -> Bool {
        if part.hasPrefix("every ") { return count % (Int(part.dropFirst(6)) ?? 0) == 0 }
        guard let dots = part.firstRange(of: "..") else { return Int(part) == count }
        let low = Int(part[..<dots.lowerBound]) ?? 1
        let high = Int(part[dots.upperBound...]) ?? .max
        return (low...high) ~= count
    }

    @Test(arguments: [
        ("1", "the 1st request"), ("2", "the 2nd request"), ("13", "the 13th request"),
        ("23", "the 23rd request"), ("2..", "the 2nd request and later ones"),
        ("..3", "the first 3 requests"), ("..1", "the 1st request"), ("2..4", "requests 2 to 4"),
        ("every 3", "every 3rd request"), ("every 1", "every request"),
        ("1,every 4", "the 1st request and every 4th request"),
    ])
    func saysItInWords(_ text: String, _ words: String) throws {
        #expect(try #require(Nth(knob: text)).words("request") == words)
    }
}

struct ExpectationValueTests {
    @Test func spansCountFromNought() throws {
        #expect(try #require(Span(knob: "0")).contains(0))
        #expect(try !#require(Span(knob: "0")).contains(1))
        #expect(try #require(Span(knob: "2..")).contains(.max))
        #expect(try #require(Span(knob: "..3")).contains(0))
        #expect(Span(knob: "..") == nil && Span(knob: "3..2") == nil && Span(knob: "1...2") == nil)
    }

    @Test func extentsAreSharesOrBytes() throws {
        let most = try #require(Extent(knob: "..45%"))
        #expect(most.contains(0, of: 1000) && most.contains(450, of: 1000))
        #expect(!most.contains(451, of: 1000))
        let whole = try #require(Extent(knob: "100%"))
        #expect(whole.contains(7, of: 7) && !whole.contains(6, of: 7))
        let mixed = try #require(Extent(knob: "64KiB..50%"))
        #expect(mixed.contains(1 << 16, of: 1 << 20) && !mixed.contains(1 << 10, of: 1 << 20))
        for text in ["", "..", "50%..40%", "2..1", "half", "101%"] {
            #expect(Extent(knob: text) == nil, "\(text)")
        }
    }

    @Test func alertsHaveTheNamesOfTheStandard() {
        #expect(Alert(knob: "none") == Alert.none)
        #expect(
            Alert(knob: "unknown_ca, bad_certificate") == .oneOf(["unknown_ca", "bad_certificate"]))
        #expect(Alert(knob: "bad-certificate") == nil)
        #expect(Alert(knob: "none,unknown_ca") == nil)
    }

    @Test func slotsAreThoseOfAPartitionTable() {
        #expect(Slot(knob: "factory") != nil && Slot(knob: "ota_15") != nil)
        #expect(Slot(knob: "ota_16") == nil && Slot(knob: "ota_01") == nil && Slot(knob: "") == nil)
    }
}
