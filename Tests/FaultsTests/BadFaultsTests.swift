import FaultKit
import FaultTesting
import Faults
import Testing

/// Each rule of the conformance suite is broken once, and found.
@Suite struct BadFaultsTests {
    private func expect(
        _ fault: any Fault.Type, _ sentences: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = Conformance.check(fault)
        for sentence in sentences {
            #expect(
                found.contains { $0.contains(sentence) }, "\(found)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func findsAManualUnlikeTheOthers() {
        self.expect(
            BadManual.self, "the manual's name is not the type's, which is 'bad-manual'",
            "the summary is not one phrase", "the requirement is not a sentence",
            "the knob 'Big' is not in lower case", "does not say what the knob 'Big' means",
            "the knob 'on' has the name of a rule's own key", "has the knob 'a' twice")
    }

    @Test func findsAFaultWithoutAHookOrWithTwo() {
        self.expect(NoHook.self, "it conforms to 0 of")
        self.expect(TwoHooks.self, "it conforms to 2 of")
    }

    @Test func findsAnExampleThatIsNone() {
        self.expect(BadExample.self, "it cannot be built: 'count' is \"many\"")
        self.expect(UnreadKnob.self, "the example sets the knob 'other', which nobody reads")
    }

    @Test func findsKnobsAndManualThatDisagree() {
        self.expect(NeverReadKnob.self, "the manual has the knob 'count', which is not read")
        self.expect(HiddenKnob.self, "the knob 'secret' is read and not in the manual")
    }

    @Test func findsErrorsThatDoNotHelp() {
        self.expect(
            OtherErrors.self, "with no knobs it throws OtherError",
            "with 'count' set to \"?no value?\" it throws OtherError")
        self.expect(
            WrongComplaint.self, "it complains of 'cuont', which is not in the manual",
            "with 'count' set to \"?no value?\" it complains of 'cuont'",
            "its complaint does not name 'cuont'")
        self.expect(DeafKnob.self, "the knob 'count' takes any text and does nothing with it")
    }

    @Test func findsAStreamFaultThatCaresWhereAStreamIsCut() {
        self.expect(CutBytes.self, "it sends other bytes")
        self.expect(CutTime.self, "instead of whole, it waits")
        self.expect(CutEnding.self, "it makes another ending")
        self.expect(CutStrikes.self, "it strikes elsewhere or otherwise")
    }

    @Test func findsAStreamFaultThatDoesNotDoTheSameTwice() {
        self.expect(SharedState.self, "twice with the same dice")
        self.expect(CarelessRecords.self, "twice with the same dice")
    }

    @Test func findsADeviationOfWhichNoStrikeTells() {
        self.expect(Forger.self, "it sends an altered byte, 0, of which no strike tells")
    }

    @Test func findsAStreamFaultThatNeverStrikes() {
        self.expect(Harmless.self, "it strikes none of the streams")
    }

    @Test func findsAStreamFaultThatKeepsTooMuch() {
        self.expect(Hoarder.self, "at most 65536 may be kept")
        self.expect(LateHoarder.self, "at most 65536 may be kept")
    }

    @Test func findsImageFaultsThatAreRandomOrIdleOrThrowSomethingElse() {
        self.expect(RandomImage.self, "two edits of the same image with the same dice differ")
        self.expect(
            IdleImage.self, "it throws OtherError, which is no ImageError",
            "it changes none of the images")
    }

    @Test func findsResponseFaultsThatAreRandomOrIdleOrCannotBeSent() {
        self.expect(RandomResponse.self, "two answers to GET with the same dice differ")
        self.expect(
            UnsayableResponse.self, "which is not ISO-8859-1",
            "has bytes 0..<5001 of an image of 5000")
        self.expect(IdleResponse.self, "it changes none of the responses")
    }

    @Test func findsHandshakeFaultsThatAreRandomOrIdle() {
        self.expect(RandomHandshake.self, "two edits of a handshake with the same dice differ")
        self.expect(IdleHandshake.self, "it changes nothing in the handshake")
    }

    @Test func findsOnlyWhatIsWrong() {
        #expect(Conformance.check(Harmless.self).count == 1)
        #expect(Conformance.check(IdleHandshake.self).count == 1)
        #expect(Conformance.check(DeafKnob.self).count == 1)
    }

    @Test func triesTheOtherKnobsToo() {
        let found = Conformance.check(Truncate.self, with: [["at": "99GiB"], ["att": "1"]])
        #expect(
            found == [
                "truncate with at=99GiB: it strikes none of the streams it is tried on",
                "truncate with att=1: it cannot be built: 'at' is missing; write \(Offset.form)",
            ])
    }
}
