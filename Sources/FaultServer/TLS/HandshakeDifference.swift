import FaultKit
import NIOCore

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
        say("subject", old.subject.text, new.subject.text)
        say("permitted names", old.permitted.text, new.permitted.text)
        say("oddities", old.oddities.text, new.oddities.text)
        say("padding", "\(old.padding) bytes", "\(new.padding) bytes")
        say("versions", before.versions.text, self.versions.text)
        say("ciphers", before.ciphers ?? "any", self.ciphers ?? "any")
        say("groups", before.groups ?? "any", self.groups ?? "any")
        say("DH group", before.dhGroup?.rawValue ?? "any", self.dhGroup?.rawValue ?? "any")
        say("chain", before.chain.words, self.chain.words)
        say("OCSP staple", before.staple?.rawValue ?? "none", self.staple?.rawValue ?? "none")
        say("ALPN", before.alpn.words, self.alpn.words)
        say("spoken", before.speaks.words, self.speaks.words)
        say(
            "sessions", before.sessions?.rawValue ?? "default", self.sessions?.rawValue ?? "default"
        )
        say(
            "client certificate", before.clientCertificate.rawValue, self.clientCertificate.rawValue
        )
        say("record size", "\(before.recordSize) bytes", "\(self.recordSize) bytes")
        if !self.hasItsKey, before.hasItsKey { changes.append("signed with another key") }
        if let postHandshake, postHandshake != before.postHandshake {
            changes.append("\(postHandshake.kind.rawValue) after \(postHandshake.after) bytes")
        }
        switch self.refusal {
        case .alert(let number): changes.append("refused with alert \(number)")
        case .plainHTTP: changes.append("answered with plain HTTP")
        case .garbage(let bytes): changes.append("answered with \(bytes.count) bytes of chance")
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
        case .certificate(let parent):
            "\(parent.commonName)\(parent.isCrossSigned ? " (cross-signed)" : "")"
                + (parent.permitted.isEmpty ? "" : " for \(parent.permitted.text)")
                + " by \(parent.issuer.words)"
        }
    }
}

extension Handshake.Chain {
    fileprivate var words: String {
        switch self {
        case .whole: "whole"
        case .missing: "intermediates are not sent"
        case .reversed: "from the root downwards"
        case .doubled: "each twice"
        case .stranger: "a stranger first"
        case .root: "with the root"
        }
    }
}

extension Handshake.ALPN {
    fileprivate var words: String {
        switch self {
        case .firstOf(let names): names.map(\.rawValue).joined(separator: " or ")
        case .unanswered: "unanswered"
        case .refused: "refused"
        case .chosen(let name): "\(name), offered or not"
        }
    }
}

extension Handshake.ApplicationProtocol? {
    fileprivate var words: String { self?.rawValue ?? "what was negotiated" }
}

extension Set<Certificate.Oddity> {
    fileprivate var text: String { self.map(\.rawValue).sorted().listed }
}

extension [Certificate.Attribute] {
    fileprivate var text: String { self.map { "\($0.name)=\($0.value)" }.listed }
}

extension [SubjectAltName] {
    fileprivate var text: String {
        self.isEmpty ? "none" : self.map(\.description).inShort(12)
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
