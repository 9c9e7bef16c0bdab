import FaultKit
import Faults
import Testing

@Suite struct FatalAlertTests {
    @Test func theHandshakeIsRefused() throws {
        #expect(EditedHandshake.by(try FatalAlert([:])).refusal == .alert(40))
        #expect(EditedHandshake.by(try FatalAlert(["number": "112"])).refusal == .alert(112))
    }

    @Test func closeNotifyIsNoRefusal() {
        #expect(FatalAlert.complaint(["number": "0"])?.knob == "number")
        #expect(FatalAlert.complaint(["number": "256"])?.knob == "number")
    }
}
