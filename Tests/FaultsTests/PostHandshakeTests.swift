import FaultKit
import Faults
import Testing

@Suite struct PostHandshakeTests {
    @Test func eachIsOfOneVersion() throws {
        let update = EditedHandshake.by(try PostHandshake(["after": "5"]))
        #expect(update.postHandshake == .init(.keyUpdate, after: 5))
        #expect(update.versions == .tls1_3 ... .tls1_3)
        let hello = EditedHandshake.by(try PostHandshake(["what": "hello-request"]))
        #expect(hello.versions == .tls1_2 ... .tls1_2)
        #expect(PostHandshake.complaint(["after": "0"])?.knob == "after")
    }
}
