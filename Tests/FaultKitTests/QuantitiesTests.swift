import FaultKit
import NIOCore
import Testing

@Suite struct QuantitiesTests {
    @Test(arguments: [
        ("4096", 4096), ("0", 0), ("64KiB", 65_536), ("64 kib", 65_536), ("1MB", 1_000_000),
        ("1.5MiB", 1_572_864), ("2g", 2 << 30), (" 7 B ", 7), ("0.5k", 512),
    ])
    func aByteCountIsWhatItSays(_ text: String, _ bytes: Int) {
        #expect(ByteCount(knob: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "-1", "+1", "1..5", "1.", ".5", "1 KiB x", "KiB", "half", "1/2", "40%", "0x10",
        "9999999999GiB", "1234567890123456789",
    ])
    func whatIsNoByteCountIsRefused(_ text: String) {
        #expect(ByteCount(knob: text) == nil)
    }

    @Test func aByteCountIsWrittenAsOneCanReadIt() {
        #expect(ByteCount(65_536).description == "64 KiB")
        #expect(ByteCount(1 << 30).description == "1 GiB")
        #expect(ByteCount(1500).description == "1500 B")
        #expect(ByteCount(0).description == "0 B")
        #expect(ByteCount(knob: ByteCount(3 << 20).description) == ByteCount(3 << 20))
    }

    @Test(arguments: [
        ("64KiB/s", 65_536), ("1MB/s", 1_000_000), ("256kbit/s", 32_000), ("8bit/s", 1),
        ("1.5 mbit/s", 187_500), ("5/s", 5),
    ])
    func aRateIsWhatItSays(_ text: String, _ bytesPerSecond: Int) {
        #expect(Rate(knob: text)?.bytesPerSecond == bytesPerSecond)
    }

    @Test(arguments: ["64KiB", "0/s", "7bit/s", "-1/s", "fast", "1KiB/min"])
    func whatIsNoRateIsRefused(_ text: String) {
        #expect(Rate(knob: text) == nil)
    }

    @Test func aRateTakesExactTimes() {
        let third = Rate(bytesPerSecond: 3)
        #expect(third.time(for: 1) == .nanoseconds(333_333_333))
        #expect(third.time(for: 3) == .seconds(1))
        #expect(third.time(for: 3_000_000_001) == .nanoseconds(1_000_000_000_333_333_333))
        #expect(third.time(for: 0) == .zero)
        let fast = Rate(bytesPerSecond: 100 << 20)
        #expect(fast.time(for: 100 << 20) == .seconds(1))
        #expect(fast.time(for: 3 << 30) == .milliseconds(30_720))
        #expect(Rate(bytesPerSecond: .max).time(for: .max) == .seconds(1))
    }

    @Test func aRatioIsARatioOrAShare() {
        #expect(Ratio(knob: "1/3")?.of(10) == 3)
        #expect(Ratio(knob: "40%")?.of(1000) == 400)
        #expect(Ratio(knob: "12.5%")?.of(1000) == 125)
        #expect(Ratio(knob: "100%")?.of(.max) == .max)
        #expect(Ratio(knob: "0/5")?.of(99) == 0)
        for text in ["3/2", "1/0", "-1/2", "101%", "1/2/3", "0.5", "", "1/", "/2", "% 40"] {
            #expect(Ratio(knob: text) == nil, "\(text)")
        }
    }

    @Test func anOffsetIsAPlaceInTheWhole() throws {
        #expect(Offset(knob: "64KiB")?.resolved(in: nil) == 65_536)
        #expect(Offset(knob: "40%")?.resolved(in: 1001) == 400)
        #expect(Offset(knob: "40%")?.resolved(in: nil) == nil)
        #expect(Offset(knob: "-33")?.resolved(in: 100) == 67)
        #expect(Offset(knob: "-33")?.resolved(in: 10) == 0)
        #expect(Offset(knob: "-33")?.resolved(in: nil) == nil)
        #expect(try #require(Offset(knob: "100")).resolved(in: 10) == 100)
        #expect(["5", "5%", "-5"].map { Offset(knob: $0)?.needsTotal } == [false, true, true])
        #expect(["5", "5%", "-5"].map { Offset(knob: $0)?.description } == ["5", "5%", "-5"])
        #expect(Offset(knob: "--3") == nil && Offset(knob: "1/3") == nil)
    }

    @Test(arguments: [
        ("250ms", 250_000_000), ("5s", 5_000_000_000), ("2min", 120_000_000_000), ("0s", 0),
        ("1.5 h", 5_400_000_000_000), ("7µs", 7_000), ("7us", 7_000), ("3ns", 3),
    ])
    func aTimeIsWhatItSays(_ text: String, _ nanoseconds: Int64) {
        #expect(TimeAmount(knob: text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: ["5", "-5s", "5 parsecs", "", "s", "999999d", "1:30"])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(TimeAmount(knob: text) == nil)
    }
}
