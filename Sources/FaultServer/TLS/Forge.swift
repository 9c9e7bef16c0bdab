import FaultKit
import NIOCore
import Synchronization

/// Mints the certificates that handshakes ask for, each recipe once.
final class Forge: Sendable {
    /// The recipe of the honest server, which handshake faults edit.
    let honest: Certificate
    /// What is odd about the given files but no reason not to serve, a sentence each.
    let notes: [String]
    /// Why a recipe other than ``honest`` cannot be minted; nil if any can.
    let mintingObstacle: String?
    /// The file that holds the certificate to flash.
    let trustAnchorPath: String
    let trustAnchor: X509Certificate

    /// What the user gave for the honest recipe; nil if that is minted too.
    private let given: Identity?
    private let issuer: Issuer?
    private let chain: [X509Certificate]
    /// One key of each kind for all leaves that are minted.
    private let keys: Mutex<[Certificate.Key: PrivateKey]>
    /// CAs that nobody trusts, made once they are asked for.
    private let strangers = Mutex<[Certificate.Issuer: Issuer]>([:])
    private let now: @Sendable () -> Int
    private let minted = Mutex<[Certificate: Minted]>([:])

    private struct Minted {
        let identity: Identity
        /// In seconds since 1970.
        let staleAt: Int
    }

    /// A fault that rolls dice for a recipe may ask for any number of them.
    static let cacheMax = 256

    /// - Parameters:
    ///   - source: where the certificates come from.
    ///   - hosts: names and addresses for the honest certificate, the first for its CN; none means
    ///     those that the CA permits, or of ``Hosts/local()``. Given files say so themselves.
    ///   - now: the clock, in seconds since 1970.
    /// - Throws: ``ServerError`` for a wrong host and for files that cannot be used.
    init(
        source: IdentitySource, hosts: [String] = [],
        now: @escaping @Sendable () -> Int = WallClock.now
    ) throws(ServerError) {
        self.keys = Mutex([.p256: try .p256()])
        self.now = now
        switch source {
        case .authority(let directory, let permits):
            let authority = try Authority.open(in: directory, permits: permits)
            self.honest = try .honest(for: authority.hosts(asked: hosts))
            self.given = nil
            self.issuer = authority.issuer
            self.chain = []
            self.trustAnchor = authority.issuer.certificate
            self.trustAnchorPath = authority.certificatePath
            self.notes = []
            self.mintingObstacle = nil
        case .files(let certificate, let key):
            var asked: [Host] = []
            for host in hosts { asked.append(try Host(host)) }
            let files = try IdentityFiles(
                certificate: certificate, key: key, hosts: asked, now: now())
            self.honest = files.recipe(at: now())
            self.given = files.identity
            self.issuer = files.issuer
            self.chain = files.mintedChain
            self.trustAnchor = files.trustAnchor
            self.trustAnchorPath = certificate
            self.notes = files.notes
            self.mintingObstacle = files.mintingObstacle
        }
    }

    /// What a server presents for a recipe: minted, or the given files if it is ``honest``.
    ///
    /// Asking again gives the same object, so it can be the key of what is made from it; only a
    /// recipe with a moment in the near future gets a new one now and then, since its dates count
    /// from the moment of minting.
    /// - Throws: ``ServerError`` if it cannot be minted; see ``mintingObstacle``.
    func identity(for recipe: Certificate) throws(ServerError) -> Identity {
        if let given, recipe == self.honest { return given }
        guard let issuer else {
            throw ServerError(.data, self.mintingObstacle ?? "no CA can sign another certificate")
        }
        let now = self.now()
        return try self.minted.withLock { minted throws(ServerError) in
            if let found = minted[recipe], now < found.staleAt { return found.identity }
            let key = try self.key(of: recipe.key)
            let made = try self.mint(recipe, for: key, by: issuer, at: now)
            let identity = Identity(leaf: made.certificate, chain: made.chain, key: key)
            // Minting is cheap: starting over costs less than keeping account of use.
            if minted.count >= Self.cacheMax { minted = [:] }
            minted[recipe] = Minted(identity: identity, staleAt: now + recipe.shelfLife)
            return identity
        }
    }

    /// What a handshake makes of an identity: another order of the chain, another key, a staple.
    /// - Throws: ``ServerError`` if it cannot be made of this one.
    func presented(
        _ identity: Identity, by handshake: Handshake
    ) throws(ServerError) -> Identity {
        var chain = identity.chain
        switch handshake.chain {
        case .whole: break
        case .missing: chain = []
        case .reversed: chain.reverse()
        case .doubled: chain = [identity.leaf] + chain.flatMap { [$0, $0] }
        case .stranger:
            chain.insert(try self.stranger(.stranger, at: self.now()).certificate, at: 0)
        case .root: chain.append(self.trustAnchor)
        }
        var staple: [UInt8] = []
        if let kind = handshake.staple {
            guard handshake.certificate.issuer == .authority, let issuer else {
                throw ServerError(
                    .data,
                    "an OCSP response needs a certificate that the local CA itself has signed")
            }
            staple = try OCSPResponse.bytes(
                kind, for: identity.leaf, by: issuer, at: self.now())
        }
        let key = handshake.hasItsKey ? identity.key : try identity.key.impostor()
        return Identity(leaf: identity.leaf, chain: chain, key: key, staple: staple)
    }

    private func key(of kind: Certificate.Key) throws(ServerError) -> PrivateKey {
        try self.keys.withLock { keys throws(ServerError) in
            if let key = keys[kind] { return key }
            let key = try PrivateKey.generate(kind)
            keys[kind] = key
            return key
        }
    }

    /// A certificate, and those that lead from it towards its root.
    private func mint(
        _ recipe: Certificate, for key: PrivateKey, by authority: Issuer, at now: Int
    ) throws(ServerError) -> (certificate: X509Certificate, chain: [X509Certificate]) {
        switch recipe.issuer {
        case .authority:
            return (try authority.mint(recipe, for: key, at: now), self.chain)
        case .itself:
            return (try CertificateDraft.chained(recipe, key: key).signed(at: now), [])
        case .stranger, .lookalike:
            let stranger = try self.stranger(recipe.issuer, at: now)
            return (try stranger.mint(recipe, for: key, at: now), [])
        case .certificate(let parent):
            let parentKey = try PrivateKey.generate(parent.key)
            let above = try self.mint(parent, for: parentKey, by: authority, at: now)
            let issuer = Issuer(certificate: above.certificate, key: parentKey)
            var chain = [above.certificate] + above.chain
            if parent.isCrossSigned {
                let stranger = try self.stranger(.stranger, at: now)
                chain.insert(try stranger.mint(parent, for: parentKey, at: now), at: 0)
            }
            return (try issuer.mint(recipe, for: key, at: now), chain)
        }
    }

    private func stranger(
        _ kind: Certificate.Issuer, at now: Int
    ) throws(ServerError) -> Issuer {
        try self.strangers.withLock { strangers throws(ServerError) in
            if let issuer = strangers[kind] { return issuer }
            let key = try PrivateKey.p256()
            var draft = CertificateDraft.authority(
                Certificate(commonName: "faultserve unknown CA", names: []), key: key)
            if kind == .lookalike { draft.namesake = self.trustAnchor }
            let issuer = Issuer(certificate: try draft.signed(at: now), key: key)
            strangers[kind] = issuer
            return issuer
        }
    }

    /// The trust anchor as it is once its time is over; nil if its key is not here.
    func expiredAnchorPEM() throws(ServerError) -> [UInt8]? {
        guard let issuer, issuer.certificate === self.trustAnchor else { return nil }
        return try issuer.expired(at: self.now()).pem()
    }

    func trustAnchorPEM() throws(ServerError) -> [UInt8] { try self.trustAnchor.pem() }
}

extension Certificate {
    /// Seconds for which a minted certificate stands for its recipe: a tenth of the way to the
    /// nearest moment in the future, so that "valid in an hour" and "valid for five seconds" stay
    /// true.
    fileprivate var shelfLife: Int {
        let future = [self.notBefore, self.notAfter].filter { $0 > .zero }
        let nearest = future.map { Int($0.nanoseconds / 1_000_000_000) }.min()
        return nearest.map { max(1, $0 / 10) } ?? 10 * 365 * 86_400
    }
}
