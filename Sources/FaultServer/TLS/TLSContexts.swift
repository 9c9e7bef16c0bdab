import FaultKit
import NIOConcurrencyHelpers
import NIOCore

/// The contexts of a server: the honest one, and those of the recipes that handshake faults make.
final class TLSContexts: Sendable {
    let honest: TLSContext
    private let forge: Forge
    private let recipe: Handshake
    private let resumes: Bool
    private let made = NIOLockedValueBox<[Key: TLSContext]>([:])

    /// A context holds its identity, so the object stays who it is.
    private struct Key: Hashable {
        let identity: ObjectIdentifier
        let handshake: Handshake
    }

    /// A fault that rolls dice for a handshake may ask for any number of contexts.
    private static let bound = 256

    /// Mints what the plan's rules ask for, so that no client waits for it.
    /// - Throws: ``ServerError`` if a rule asks for what cannot be minted.
    init(forge: Forge, plan: Plan) throws(ServerError) {
        self.forge = forge
        self.recipe = Handshake(certificate: forge.honest)
        let edits = plan.rules.filter { if case .handshake = $0.hook { true } else { false } }
        self.resumes = edits.isEmpty
        self.honest = try TLSContext(
            identity: forge.identity(for: self.recipe.certificate), handshake: self.recipe,
            resumes: self.resumes)
        for rule in edits {
            var handshake = self.recipe
            var dice = Dice(seed: plan.seed, for: UInt64(rule.id))
            if case .handshake(let fault) = rule.hook { fault.edit(&handshake, using: &dice) }
            let needsMint = handshake.certificate != self.recipe.certificate
            if needsMint, let obstacle = forge.mintingObstacle {
                throw ServerError(.data, "'\(rule.text)' needs another certificate: \(obstacle)")
            }
            _ = try self.context(for: handshake)
        }
    }

    /// The context for a connection, after the handshake faults that strike it.
    func context(for connection: Connection, serverName: String?) throws -> TLSContext {
        var handshake = self.recipe
        for match in connection.encounter.handshake(sni: serverName) {
            guard case .handshake(let fault) = match.rule.hook else { continue }
            let before = handshake
            var dice = match.dice
            fault.edit(&handshake, using: &dice)
            guard handshake != before else { continue }
            var strike = Event.FaultStrike(
                rule: match.rule.id, fault: match.rule.fault, on: "handshake", action: "edited")
            strike.detail = handshake.difference(from: before)
            connection.ledger.note(1, of: match.rule)
            connection.record(.fault(strike))
        }
        connection.handshake = handshake
        return try self.context(for: handshake)
    }

    private func context(for handshake: Handshake) throws(ServerError) -> TLSContext {
        if handshake == self.recipe { return self.honest }
        let identity = try self.forge.identity(for: handshake.certificate)
        let key = Key(identity: ObjectIdentifier(identity), handshake: handshake)
        if let context = self.made.withLockedValue({ $0[key] }) { return context }
        let context = try TLSContext(
            identity: identity, handshake: handshake, resumes: self.resumes)
        self.made.withLockedValue { made in
            if made.count >= Self.bound { made = [:] }
            made[key] = context
        }
        return context
    }

    /// The names on the certificate that a connection was shown.
    func names(for connection: Connection) -> [String] {
        (connection.handshake ?? self.recipe).certificate.names.map(\.description)
    }
}

extension Handshake {
    /// What an edit changed, in words.
    func difference(from before: Handshake) -> String {
        var changes: [String] = []
        func say(_ what: String, _ old: String, _ new: String) {
            if old != new { changes.append("\(what): \(old) → \(new)") }
        }
        let (old, new) = (before.certificate, self.certificate)
        say("CN", old.commonName, new.commonName)
        say("names", old.names.text, new.names.text)
        say("not before", old.notBefore.fromNow, new.notBefore.fromNow)
        say("not after", old.notAfter.fromNow, new.notAfter.fromNow)
        say("key", old.key.rawValue, new.key.rawValue)
        say("digest", old.digest.rawValue, new.digest.rawValue)
        say("key usage", old.keyUsage.listed, new.keyUsage.listed)
        say("extended key usage", old.extendedKeyUsage.listed, new.extendedKeyUsage.listed)
        say("issuer", old.issuer.words, new.issuer.words)
        say("versions", before.versions.text, self.versions.text)
        say("ciphers", before.ciphers ?? "any", self.ciphers ?? "any")
        if self.sendsIntermediates != before.sendsIntermediates {
            changes.append("intermediates are not sent")
        }
        if self.wantsClientCertificate { changes.append("a client certificate is wanted") }
        switch self.refusal {
        case .alert(let number): changes.append("refused with alert \(number)")
        case .plainHTTP: changes.append("answered with plain HTTP")
        case nil: break
        }
        return changes.joined(separator: ", ")
    }
}

extension [String] {
    fileprivate var listed: String { self.isEmpty ? "none" : self.joined(separator: ", ") }
}

extension Certificate.Issuer {
    /// The chain from here to the root, in words.
    fileprivate var words: String {
        switch self {
        case .authority: "the CA"
        case .itself: "itself"
        case .stranger: "an unknown CA"
        case .lookalike: "another CA of that name"
        case .certificate(let parent): "\(parent.commonName) by \(parent.issuer.words)"
        }
    }
}

extension [SubjectAltName] {
    fileprivate var text: String {
        self.isEmpty ? "none" : self.map(\.description).joined(separator: ", ")
    }
}

extension ClosedRange<TLSVersion> {
    fileprivate var text: String { "\(self.lowerBound.rawValue) to \(self.upperBound.rawValue)" }
}

extension TimeAmount {
    /// Counted from the moment of minting: `24 h ago`, `in 9528 h`.
    fileprivate var fromNow: String {
        let hours = self.nanoseconds / 3_600_000_000_000
        return hours < 0 ? "\(-hours) h ago" : "in \(hours) h"
    }
}
