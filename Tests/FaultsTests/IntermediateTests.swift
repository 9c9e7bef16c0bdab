import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct IntermediateTests {
    @Test func aRightOneLeadsToTheRoot() throws {
        let handshake = EditedHandshake.by(try Intermediate([:]))
        let (authorities, root) = handshake.certificate.path
        #expect(authorities.count == 1 && root == .authority && handshake.chain == .whole)
        #expect(authorities[0].isAuthority && authorities[0].keyUsage.contains("keyCertSign"))
    }

    @Test func manyAreALine() throws {
        let handshake = EditedHandshake.by(try Intermediate(["count": "9"]))
        let names = handshake.certificate.path.authorities.map(\.commonName)
        #expect(names.first == "faultserve intermediate 9" && Set(names).count == 9)
    }

    @Test func eachFlawIsOne() throws {
        func edited(_ flaw: String) throws -> Handshake {
            EditedHandshake.by(try Intermediate(["flaw": flaw]))
        }
        #expect(try edited("missing").chain == .missing)
        #expect(try !edited("not-ca").certificate.path.authorities[0].isAuthority)
        #expect(try edited("not-yet-valid").certificate.path.authorities[0].notBefore > .zero)
        #expect(try edited("expired").certificate.path.authorities[0].notAfter < .zero)
        let deep = try edited("path-length").certificate.path.authorities
        #expect(deep.map(\.pathLength) == [nil, 0])
    }

    @Test func theLowestPermitsNames() throws {
        let handshake = EditedHandshake.by(
            try Intermediate(["count": "2", "permits": "DNS:example,IP:192.0.2.1"]))
        let permitted = handshake.certificate.path.authorities.map(\.permitted)
        #expect(permitted == [[.dns("example"), .ip("192.0.2.1")], []])
    }

    @Test func theirKeysAreOfAKind() throws {
        let handshake = EditedHandshake.by(try Intermediate(["count": "2", "key": "rsa-2048"]))
        #expect(handshake.certificate.path.authorities.map(\.key) == [.rsa2048, .rsa2048])
        #expect(handshake.certificate.key == .p256)
    }

    @Test func thereIsALimit() {
        #expect(Intermediate.complaint(["count": "21"])?.knob == "count")
        #expect(Intermediate.complaint(["count": "1", "flaw": "path-length"])?.knob == "count")
    }
}
