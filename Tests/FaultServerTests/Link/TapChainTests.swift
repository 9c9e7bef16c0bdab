import FaultKit
import Faults
import NIOCore
import Testing

@testable import FaultServer

@Suite struct TapChainTests {
    private func chain(_ rules: String..., on place: Place = .body) throws -> TapChain {
        let catalogue = Catalogue(Faults.all)
        let plan = Plan(
            profiles: [], rules: try rules.map { try Rule.parse($0, catalogue: catalogue) })
        let matches = plan.rules.map { Match(rule: $0, dice: Dice(seed: 1)) }
        return TapChain(matches, on: place)
    }

    private func chunk(_ text: String, at offset: Int = 0) -> Chunk {
        Chunk(offset: offset, total: 10, bytes: ByteBuffer(string: text))
    }

    /// Steps as words.
    private func words(_ steps: [Step]) -> [String] {
        steps.map { step in
            switch step {
            case .send(let bytes): String(buffer: bytes)
            case .push: "push"
            case .wait(let time): "wait \(time.milliseconds)"
            case .end(let ending): "end \(ending)"
            }
        }
    }

    private func strikes(_ chain: inout TapChain) -> [String] {
        chain.takeStrikes().map { "\($0.rule.fault) \($0.strike.kind) at \($0.strike.offset)" }
    }

    @Test func takesOnlyTheFaultsOfItsPlace() throws {
        #expect(try self.chain("truncate on=http at=1", "status code=404").isEmpty)
        #expect(try !self.chain("truncate on=http at=1", on: .http).isEmpty)
    }

    @Test func handsWhatOneFaultSendsToTheNext() throws {
        var chain = try self.chain("flip at=1 mask=0x20", "slice size=2", "truncate at=3")
        #expect(self.words(chain.pass(self.chunk("ABCDE"))) == ["Ab", "push", "C", "end cut"])
        #expect(chain.hasEnded)
        #expect(
            self.strikes(&chain) == [
                "flip altered at 1", "slice pushed at 2", "slice pushed at 4",
                "truncate ended(FaultKit.Ending.cut) at 3",
            ])
    }

    @Test func sendsNothingAndStrikesNothingAfterAnEnd() throws {
        var chain = try self.chain("truncate at=2", "flip at=3 mask=0xff")
        _ = chain.pass(self.chunk("ABCDE"))
        _ = self.strikes(&chain)
        #expect(chain.pass(self.chunk("FGHIJ", at: 5)).isEmpty)
        #expect(chain.finish().isEmpty)
        #expect(self.strikes(&chain).isEmpty)
    }

    @Test func anEndingFromAboveGoesDownAsItIs() throws {
        var chain = try self.chain("truncate at=2 ending=hang", "slice size=9")
        #expect(self.words(chain.pass(self.chunk("ABC"))) == ["AB", "push", "end hang"])
    }

    @Test func anOrderlyEndIsNoStrike() throws {
        var chain = try self.chain("truncate at=50%", "flip at=7 mask=1")
        #expect(self.words(chain.pass(self.chunk("AB"))) == ["AB"])
        #expect(self.words(chain.finish()) == ["end clean"])
        #expect(self.strikes(&chain).isEmpty)
    }

    @Test func waitsOfSeveralFaultsAreAllKept() throws {
        var chain = try self.chain("delay by=1s at=2", "delay by=2s at=2")
        #expect(
            self.words(chain.pass(self.chunk("ABCD")))
                == ["AB", "wait 1000.0", "wait 2000.0", "CD"])
    }

    @Test func aLaterFaultCountsTheBytesThatReachIt() throws {
        // Two connections' worth of chunks, cut anywhere.
        for cut in 1..<9 {
            var chain = try self.chain("flip at=4 mask=0x20", "truncate at=6")
            let text = Array("ABCDEFGHIJ")
            var steps = chain.pass(self.chunk(String(text[..<cut])))
            steps += chain.pass(self.chunk(String(text[cut...]), at: cut))
            let sent = self.words(steps).joined(separator: "|").filter { $0 != "|" }
            #expect(sent == "ABCDeFend cut", "cut at \(cut)")
        }
    }
}
