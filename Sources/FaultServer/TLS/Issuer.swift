import FaultKit
import Glibc
import NIOCore

/// A CA's certificate and its key: signs what servers present.
struct Issuer: Sendable {
    let certificate: X509Certificate
    let key: PrivateKey

    /// Mints a certificate.
    /// - Parameters:
    ///   - key: its key.
    ///   - now: the moment from which the recipe counts, in seconds since 1970.
    func mint(
        _ recipe: Certificate, for key: PrivateKey, at now: Int
    ) throws(ServerError) -> X509Certificate {
        try CertificateDraft.chained(recipe, key: key).signed(by: self, at: now)
    }

    /// The same CA, by name and key, with a time that was over a day ago.
    /// - Parameter now: in seconds since 1970.
    func expired(at now: Int) throws(ServerError) -> X509Certificate {
        var recipe = Certificate(
            commonName: "", names: [], notBefore: .hours(-2 * 365 * 24), notAfter: .hours(-24))
        recipe.permitted = self.certificate.permitted
        var draft = CertificateDraft.authority(recipe, key: self.key)
        draft.namesake = self.certificate
        return try draft.signed(at: now)
    }
}

/// The clock that certificates are dated by. Nothing else in the server reads it for decisions.
enum WallClock {
    /// Seconds since 1970, UTC.
    @Sendable static func now() -> Int { time(nil) }
}
