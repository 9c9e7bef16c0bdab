import FaultKit
import Faults

/// What a handshake fault makes of an honest handshake.
enum EditedHandshake {
    static let honest = Handshake(
        certificate: Certificate(commonName: "a.example", names: [.dns("a.example")]))

    static func by(_ fault: some HandshakeFault) -> Handshake {
        var (handshake, dice) = (self.honest, Dice(seed: 1))
        fault.edit(&handshake, using: &dice)
        return handshake
    }
}

extension Certificate {
    /// The intermediate CAs from the leaf upwards, and what is above them.
    var path: (authorities: [Certificate], root: Issuer) {
        var (authorities, issuer): ([Certificate], Issuer) = ([], self.issuer)
        while case .certificate(let authority) = issuer {
            authorities.append(authority)
            issuer = authority.issuer
        }
        return (authorities, issuer)
    }
}
