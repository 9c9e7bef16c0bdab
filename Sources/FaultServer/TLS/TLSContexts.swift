import FaultKit
import NIOConcurrencyHelpers
import NIOCore

/// The contexts of a server: the honest one, and those of the recipes that handshake faults make.
final class TLSContexts: Sendable {
    let honest: TLSContext
    private let forge: Forge
    private let recipe: Handshake
    /// What becomes of sessions where no fault says it.
    private let sessions: Handshake.Sessions
    private let keyLog: KeyLog?
    private let made = NIOLockedValueBox<[Key: Made]>([:])

    private struct Key: Hashable {
        let identity: ObjectIdentifier
        let handshake: Handshake
    }

    /// The identity is kept, so that the object stays who it is.
    private struct Made {
        let identity: Identity
        let context: TLSContext
    }

    /// A fault that rolls dice for a handshake may ask for any number of contexts.
    private static let bound = 256

    /// Mints what the plan's rules ask for, so that no client waits for it.
    /// - Throws: ``ServerError`` if a rule asks for what cannot be minted.
    init(
        forge: Forge, plan: Plan, offersHTTP2: Bool = false, keyLog: KeyLog? = nil
    ) throws(ServerError) {
        self.forge = forge
        self.keyLog = keyLog
        var recipe = Handshake(certificate: forge.honest)
        if offersHTTP2 { recipe.alpn = .firstOf([.http2, .http1]) }
        let edits = plan.rules.filter { if case .handshake = $0.hook { true } else { false } }
        self.recipe = recipe
        self.sessions = edits.isEmpty ? .resumed : .withheld
        self.honest = try TLSContext(
            identity: forge.identity(for: recipe.certificate),
            handshake: recipe.resolved(self.sessions), anchor: forge.trustAnchor, keyLog: keyLog)
        // What a client meets whom all rules strike; some mean something only together.
        let together = Swift.Result { try self.context(for: plan.strike(recipe)) }
        for rule in edits {
            let handshake = plan.strike(recipe, by: [rule])
            let needsMint = handshake.certificate != recipe.certificate
            if needsMint, let obstacle = forge.mintingObstacle {
                throw ServerError(.data, "'\(rule.text)' needs another certificate: \(obstacle)")
            }
            do {
                _ = try self.context(for: handshake)
            } catch {
                guard case .success = together else { throw error }
            }
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
        if let made = self.made.withLockedValue({ $0[key] }) { return made.context }
        let context = try TLSContext(
            identity: self.forge.presented(identity, by: handshake),
            handshake: handshake.resolved(self.sessions),
            anchor: self.forge.trustAnchor, keyLog: self.keyLog)
        self.made.withLockedValue { made in
            if made.count >= Self.bound { made = [:] }
            made[key] = Made(identity: identity, context: context)
        }
        return context
    }

    /// The names on the certificate that a connection was shown.
    func names(for connection: Connection) -> [String] {
        (connection.handshake ?? self.recipe).certificate.names.map(\.description)
    }
}

extension Handshake {
    fileprivate func resolved(_ sessions: Sessions) -> Handshake {
        var handshake = self
        handshake.sessions = self.sessions ?? sessions
        return handshake
    }
}
