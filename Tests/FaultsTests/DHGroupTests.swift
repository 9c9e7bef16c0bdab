import FaultKit
import Faults
import Testing

@Suite struct DHGroupTests {
    @Test(arguments: Handshake.DHGroup.allCases)
    func theGroupIsTheOneOfItsName(_ kind: Handshake.DHGroup) throws {
        let handshake = EditedHandshake.by(try DHGroup(["kind": kind.rawValue]))
        #expect(handshake.dhGroup == kind && handshake.isWeak)
    }

    @Test func othersAreNone() {
        #expect(DHGroup.complaint(["kind": "2048"])?.knob == "kind")
        #expect(DHGroup.complaint([:])?.knob == "kind")
    }
}
