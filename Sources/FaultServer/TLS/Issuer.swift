import FaultKit
import Glibc

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
}

/// The clock that certificates are dated by. Nothing else in the server reads it for decisions.
enum WallClock {
    /// Seconds since 1970, UTC.
    @Sendable static func now() -> Int { time(nil) }
}
