import FaultKit
import Testing

@Suite struct KnobsTests {
    private enum Colour: String, CaseIterable, KnobValue { case red, green }

    private func complaint(_ read: () throws -> some Any) -> KnobError? {
        do {
            _ = try read()
            return nil
        } catch {
            return error as? KnobError
        }
    }

    @Test func readsWhatIsSetAndDefaultsTheRest() throws {
        var knobs = Knobs(["count": ["3"], "colour": ["Green"], "loud": ["yes"], "name": ["a, b"]])
        #expect(try knobs.read("count") == 3)
        #expect(try knobs.read("colour", default: Colour.red) == .green)
        #expect(try knobs.read("loud", as: Bool.self))
        #expect(try knobs.read("name", as: String.self) == "a, b")
        #expect(try knobs.read("other", default: 7) == 7)
        #expect(try knobs.readIfSet("absent", as: Int.self) == nil)
        #expect(knobs.unread.isEmpty)
        #expect(knobs.read == ["count", "colour", "loud", "name", "other", "absent"])
    }

    @Test func tellsWhichKnobsNobodyRead() throws {
        var knobs = Knobs(["at": ["1"], "att": ["2"]])
        #expect(knobs.unread == ["at", "att"])
        _ = try knobs.read("at", as: Int.self)
        #expect(knobs.unread == ["att"])
        #expect(knobs.names == ["at", "att"])
    }

    @Test func aMissingKnobIsToldWithHowToWriteIt() {
        var knobs = Knobs()
        let error = self.complaint { try knobs.read("at", as: Offset.self) }
        #expect(error?.knob == "at")
        #expect(error?.description == "'at' is missing; write \(Offset.form)")
    }

    @Test func aMalformedKnobIsToldWithWhatItSaysAndHowToWriteIt() {
        var knobs = Knobs(["at": ["half"], "colour": ["blue"], "many": ["1", "2"], "none": []])
        #expect(
            self.complaint { try knobs.read("at", as: ByteCount.self) }?.description
                == "'at' is \"half\"; write a byte count such as 4096, 64KiB or 1MB")
        #expect(
            self.complaint { try knobs.read("colour", as: Colour.self) }?.description
                == "'colour' is \"blue\"; write one of red, green")
        #expect(
            self.complaint { try knobs.read("many", as: Int.self) }?.description
                == "'many' is \"1,2\"; write a whole number such as 3")
        #expect(self.complaint { try knobs.readIfSet("none", as: Int.self) }?.knob == "none")
    }

    @Test func aListIsASequenceOrATextWithCommas() throws {
        var knobs = Knobs(["a": ["1, 2,3"], "b": ["4", "5"], "c": ["6"], "d": ["7,"]])
        #expect(try knobs.readList("a", of: Int.self) == [1, 2, 3])
        #expect(try knobs.readList("b", of: Int.self) == [4, 5])
        #expect(try knobs.readList("c", of: Int.self) == [6])
        #expect(try knobs.readList("unset", of: Int.self) == [])
        #expect(self.complaint { try knobs.readList("d", of: Int.self) }?.knob == "d")
    }

    @Test func anExampleIsReadLikeAProfile() throws {
        var knobs = Knobs(["at": "40%", "ending": "reset"])
        #expect(try knobs.read("ending", default: Ending.cut) == .reset)
        #expect(try knobs.read("at") == Offset.share(#require(Ratio(knob: "40%"))))
    }
}
