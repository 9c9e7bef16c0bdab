import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct IntermediateTests {
    @Test func aRightOneLeadsToTheRoot() throws {
        let handshake = EditedHandshake.by(try Intermediate([:]))
        let (authorities, root) = handshake.certificate.path
        #expect(authorities.count == 1 && root == .authority && handshake.sendsIntermediates)
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
        #expect(try !edited("missing").sendsIntermediates)
        #expect(try !edited("not-ca").certificate.path.authorities[0].isAuthority)
        #expect(try edited("expired").certificate.path.authorities[0].notAfter < .zero)
        let deep = try edited("path-length").certificate.path.authorities
        #expect(deep.map(\.pathLength) == [nil, 0])
    }

    @Test func thereIsALimit() {
        #expect(Intermediate.complaint(["count": "21"])?.knob == "count")
        #expect(Intermediate.complaint(["count": "1", "flaw": "path-length"])?.knob == "count")
    }
}
