import FaultKit
import Glibc
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        // RFC 9110 §5.6.7
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        // RFC 9110 §8.8.2 and §13.1.4
        ("Tue, 15 Nov 1994 12:45:26 GMT", 784_903_526),
        ("Sat, 29 Oct 1994 19:43:31 GMT", 783_459_811),
        ("Sun Nov 16 08:49:37 1994", 784_975_777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800),
        ("Fri, 30 Dec 2016 23:59:60 GMT", 1_483_142_400),
        ("Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200),
    ])
    func readsAllThreeForms(text: String, seconds: Int) {
        #expect(HTTPDate.seconds(text, now: 1_000_000_000) == seconds)
    }

    @Test(arguments: [
        "", "0", "Sun", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT", "sun, 06 nov 1994 08:49:37 gmt",
        "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT", "Thu, 29 Feb 1900 00:00:00 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 0\u{661} Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT\0",
    ])
    func readsNothingElse(text: String) {
        #expect(HTTPDate.seconds(text, now: 0) == nil)
    }

    @Test(arguments: [
        // In 2026: 76 is 50 years ahead, 77 would be 51.
        (1_790_000_000, "Wednesday, 01-Jan-76 00:00:00 GMT", 2076),
        (1_790_000_000, "Saturday, 01-Jan-77 00:00:00 GMT", 1977),
        (1_790_000_000, "Saturday, 01-Jan-00 00:00:00 GMT", 2000),
        (784_111_777, "Sunday, 06-Nov-94 08:49:37 GMT", 1994),
        (784_111_777, "Sunday, 06-Nov-44 08:49:37 GMT", 1944),
        (784_111_777, "Sunday, 06-Nov-45 08:49:37 GMT", 1945),
    ])
    func yearsOfTwoDigitsAreAtMostFiftyYearsAhead(now: Int, text: String, year: Int) throws {
        let seconds = try #require(HTTPDate.seconds(text, now: now))
        #expect(CivilTime(secondsSince1970: seconds).year == year)
    }

    @Test func agreesWithTheCLibrary() {
        var dice = Dice(seed: 7, for: 1)
        for _ in 0..<20_000 {
            let seconds = dice.roll(-62_167_219_200..<253_402_300_800)
            var time = time_t(seconds)
            var parts = tm()
            gmtime_r(&time, &parts)
            let text = [CChar](unsafeUninitializedCapacity: 64) { buffer, count in
                // The C locale is that of a process that never asked for another.
                count = strftime(buffer.baseAddress, 64, "%a, %d %b ", &parts)
            }
            let year = String(10_000 + Int(parts.tm_year) + 1_900).dropFirst()
            let day = String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let said = HTTPDate.text(seconds)
            #expect(said.hasPrefix(day + year), "\(seconds)")
            #expect(HTTPDate.seconds(said, now: 0) == seconds, "\(said)")
        }
    }

    @Test func clampsToTheYearsThatFourDigitsCanSay() {
        #expect(HTTPDate.text(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.text(.min) == "Sat, 01 Jan 0000 00:00:00 GMT")
    }
}
