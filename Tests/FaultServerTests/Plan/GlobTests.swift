import FaultKit
import Foundation
import Testing

@testable import FaultServer

struct GlobTests {
    @Test func agreesWithARegularExpressionOnAnyPatternAndText() throws {
        var dice = Dice(seed: 7, for: 2)
        let letters = ["a", "b", "/", "é", "€"]
        var hits = 0
        for _ in 0..<4000 {
            let pattern = (0..<dice.roll(0..<7)).map { _ in
                (letters + ["*", "?", "*"])[dice.roll(0..<letters.count + 3)]
            }.joined()
            let text = (0..<dice.roll(0..<8)).map { _ in letters[dice.roll(0..<5)] }.joined()
            let source = pattern.replacing("*", with: ".*").replacing("?", with: ".")
            let expression = try NSRegularExpression(pattern: "\\A(?:\(source))\\z")
            let whole = NSRange(text.startIndex..., in: text)
            let expected = expression.firstMatch(in: text, range: whole) != nil
            #expect(Glob(pattern).matches(Array(text.utf8)) == expected, "\(pattern) \(text)")
            if expected { hits += 1 }
        }
        #expect(hits > 200)
    }

    @Test(.timeLimit(.minutes(5)))
    func doesNotExplodeOnManyStars() {
        let pattern = Glob("/" + String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(Array(("/" + String(repeating: "a", count: 5000)).utf8)))
    }

    @Test(arguments: [
        ("/firmware.bin", "/firmware.bin", true), ("/firmware.bin", "/Firmware.bin", false),
        ("/a b", "/a%20b", true), ("/*.bin", "/x/y.bin", true), ("/?", "/%c3%A9", true),
        ("/100%", "/100%", true), ("/100%", "/100%25", true), ("/%zz", "/%zz", true),
        ("/%4", "/%4", true), ("/a", "/a/", false),
    ])
    func pathsAreComparedDecoded(_ pattern: String, _ path: String, _ matches: Bool) throws {
        let pattern = try #require(PathPattern(knob: pattern))
        #expect(pattern.matches(PathPattern.decoded(path)) == matches)
    }

    @Test func aRequestsQueryIsNoPartOfItsPath() throws {
        let plan = try Plan.sample("status code=500 when.path=/x.bin")
        var encounter = Ledger(plan: plan).accepted(client: nil)
        #expect(encounter.request(Request(target: "/x.bin?version=2")).count == 1)
        #expect(encounter.request(Request(target: "/y?/x.bin")).isEmpty)
    }

    @Test func serverNamesAreComparedInAnyCase() throws {
        let pattern = try #require(NamePattern(knob: "*.Example.test"))
        #expect(pattern.matches("a.EXAMPLE.TEST") && pattern.matches("a.b.example.test"))
        #expect(!pattern.matches("example.test"))
        #expect(NamePattern(knob: "") == nil)
    }
}
