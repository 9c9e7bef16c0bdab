import FaultKit
import Testing

@testable import FaultServer

/// Whatever a client says, there is an answer. Seeded: a failure can be repeated.
@Suite struct OriginFuzzTests {
    private static let targets = [
        "/", "..", ".", "%2e", "%2f", "%00", "%", "%c0%ae", "\\", "?", "&", "=", "*", "//", ":",
        "http", "https://", "[", "]", "::1", "@", "a", "sub", "app.bin", "ü", "\0", "\r\n", " ",
        "format=json", "\u{1F4A9}", "\u{301}", "#",
    ]
    private static let values = [
        "bytes", "=", "-", ",", ", ", "0", "1", "9", "99999999999999999999", "\"", "W/", "*", "x",
        "q=", ";", ".", "application/json", "/", "Sun", ", ", "06", " ", "Nov", "1994", "08:49:37",
        "GMT", "94", "Sunday", "\t", "\u{FF}", "\u{100}", "\0", "\u{301}", "+",
    ]

    private func text(_ words: [String], _ dice: inout Dice) -> String {
        (0..<dice.roll(0..<9)).map { _ in words[dice.roll(0..<words.count)] }.joined()
    }

    @Test(.timeLimit(.minutes(5))) func anyRequestIsAnswered() throws {
        let folder = try ServedFolder()
        try folder.makeFolder("root/sub")
        try folder.write("root/sub/app.bin", "inside")
        try folder.write("root/app.bin", "inside")
        let client = try OriginClient(folder)
        let names = [
            "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since",
            "If-Unmodified-Since", "Accept", "Host",
        ]
        var dice = Dice(seed: 5, for: 9)
        var seen = Set<Int>()
        for round in 0..<20_000 {
            let target = dice.roll(0..<2) == 0 ? "/app.bin" : self.text(Self.targets, &dice)
            let fields = (0..<dice.roll(0..<4)).map { _ in
                Field(names[dice.roll(0..<names.count)], self.text(Self.values, &dice))
            }
            let method = ["GET", "HEAD", "OPTIONS", ""][dice.roll(0..<4)]
            let response = client.ask(target, Fields(fields), method: method)
            seen.insert(response.status)
            #expect((200..<502).contains(response.status) && response.status != 500, "\(round)")
            let length = response.fields["Content-Length"]
            let isBare = [204, 304].contains(response.status)
            #expect(length == (isBare ? nil : String(response.body.count)), "\(round)")
            #expect(try !response.body.string.contains("outside"), "\(round): \(target)")
        }
        #expect(seen.isSuperset(of: [200, 204, 304, 400, 404, 412, 501]))
    }

    @Test(.timeLimit(.minutes(5))) func parsersTakeAnyText() {
        var dice = Dice(seed: 6, for: 9)
        var accepted = 0
        for _ in 0..<50_000 {
            let value = self.text(Self.values, &dice)
            if let ranges = ByteRanges("bytes=" + value) {
                accepted += 1
                let count = dice.roll(0..<3) == 0 ? Int.max : dice.roll(0..<20)
                for range in ranges.resolved(in: count) {
                    #expect(range.lowerBound >= 0 && range.upperBound <= count && !range.isEmpty)
                }
            }
            _ = HTTPDate.seconds(value, now: dice.roll(Int.min..<Int.max))
            if let target = try? Target(self.text(Self.targets, &dice)) {
                for segment in target.segments {
                    #expect(!segment.isEmpty && !segment.contains(0) && !segment.contains(0x2F))
                    #expect(segment != [0x2E] && segment != [0x2E, 0x2E])
                }
            }
        }
        #expect(accepted > 100)
    }

    /// One letter of a good text is changed at a time: the nearest neighbours of what is accepted.
    @Test func damagedTextsAreReadAsTheyAreOrNotAtAll() {
        let dates = [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ]
        for text in dates {
            let scalars = Array(text.unicodeScalars)
            for index in scalars.indices {
                for value in 0..<UInt32(300) {
                    guard let scalar = Unicode.Scalar(value) else { continue }
                    var damaged = String.UnicodeScalarView(scalars)
                    let place = damaged.index(damaged.startIndex, offsetBy: index)
                    damaged.replaceSubrange(place...place, with: [scalar])
                    let seconds = HTTPDate.seconds(String(damaged), now: 784_111_777)
                    // A digit may be another one, or stand for the space before a day of asctime.
                    if seconds != nil && scalar != scalars[index] {
                        let wasDigit = ("0"..."9").contains(scalars[index])
                        let isDay = scalars[index] == " " && index == 8
                        #expect(("0"..."9").contains(scalar), "\(String(damaged))")
                        #expect(wasDigit || isDay, "\(String(damaged))")
                    }
                }
            }
        }
    }
}
