import FaultKit
import Faults
import Testing

@Suite struct CertificateChainTests {
    @Test func chains() throws {
        for (text, chain) in [
            ("reversed", Handshake.Chain.reversed), ("doubled", .doubled), ("stranger", .stranger),
            ("root", .root),
        ] {
            #expect(EditedHandshake.by(try CertificateChain(["how": text])).chain == chain)
        }
        let crossed = EditedHandshake.by(try CertificateChain(["how": "cross-signed"]))
        #expect(crossed.certificate.path.authorities.map(\.isCrossSigned) == [true])
        let large = EditedHandshake.by(try CertificateChain(["padding": "20KiB"]))
        #expect(large.certificate.padding == 20_480)
        #expect(CertificateChain.complaint([:])?.knob == "how")
        #expect(CertificateChain.complaint(["padding": "101KiB"])?.knob == "padding")
    }
}
