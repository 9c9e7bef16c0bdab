import Testing

@testable import Rig

@Suite struct LineReaderTests {
    private func lines(_ parts: String...) -> [String] {
        var reader = LineReader()
        return parts.flatMap { reader.read($0.utf8) } + (reader.finish().map { [$0] } ?? [])
    }

    @Test func aLineEndsWithALineFeed() {
        #expect(self.lines("one\ntwo\r\n\nlast") == ["one", "two", "", "last"])
    }

    @Test func aLineMayComeInParts() {
        #expect(
            self.lines("rea", "dy\n", "\u{1B}", "[0;3", "2mI (1) boot: x\u{1B}[0m\n") == [
                "ready", "I (1) boot: x",
            ])
    }

    @Test func coloursAndOtherControlSequencesAreTakenOut() {
        #expect(
            self.lines("\u{1B}[0;31mE (5) app: no\u{1B}[0m\n\u{1B}cx\n") == ["E (5) app: no", "x"])
    }

    @Test func aLineWithoutAnEndIsHandedOutInParts() {
        let lines = self.lines(String(repeating: "x", count: 10_000))
        #expect(lines.map(\.count) == [4_096, 4_096, 1_808])
    }

    @Test func bytesThatAreNoTextAreMarked() {
        var reader = LineReader()
        #expect(reader.read([0xFF, 0x41, 0x00, 0x0A]) == ["\u{FFFD}A"])
    }
}
