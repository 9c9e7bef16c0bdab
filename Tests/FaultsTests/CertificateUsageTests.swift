import FaultKit
import Faults
import Testing

@Suite struct CertificateUsageTests {
    @Test func eachIsSetAlone() throws {
        let key = EditedHandshake.by(
            try CertificateUsage(["key": "keyEncipherment,keyAgreement"])
        ).certificate
        #expect(key.keyUsage == ["keyEncipherment", "keyAgreement"])
        #expect(key.extendedKeyUsage == ["serverAuth"])
        let extended = EditedHandshake.by(
            try CertificateUsage(["extended": "clientAuth"])
        ).certificate
        #expect(extended.extendedKeyUsage == ["clientAuth"])
        #expect(extended.keyUsage == ["digitalSignature"])
    }

    @Test func whatIsNoUsageIsRefused() {
        #expect(CertificateUsage.complaint([:])?.knob == "key")
        #expect(CertificateUsage.complaint(["key": "signing"])?.knob == "key")
        #expect(CertificateUsage.complaint(["extended": "servers"])?.knob == "extended")
    }
}
