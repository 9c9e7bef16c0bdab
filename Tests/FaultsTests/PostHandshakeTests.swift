import FaultKit
import Faults
import Testing

@Suite struct InterludeTests {
    @Test func eachIsOfOneVersion() throws {
        let update = EditedHandshake.by(try Interlude(["after": "5"]))
        #expect(update.interlude == .init(.keyUpdate, after: 5))
        #expect(update.versions == .tls1_3 ... .tls1_3)
        let hello = EditedHandshake.by(try Interlude(["what": "hello-request"]))
        #expect(hello.versions == .tls1_2 ... .tls1_2)
        #expect(Interlude.complaint(["after": "0"])?.knob == "after")
    }
}
