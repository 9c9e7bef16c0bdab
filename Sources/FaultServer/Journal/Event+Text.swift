import FaultKit

/// Events as a person reads them: one line each, faults first of all.
extension Event {
    /// How a line stands out on a terminal.
    public enum Tone: Sendable {
        case plain
        /// Goes by unread: connections that come and go.
        case quiet
        /// A fault struck.
        case fault
        /// Something that its reader should act on.
        case warning
    }

    /// `  1.234  #2.1  GET /firmware.bin`, or nil for an event that no person needs.
    public var line: (text: String, tone: Tone)? {
        guard let (said, tone) = self.kind.sentence else { return nil }
        let seconds = Int(self.milliseconds)
        let time = "\(seconds / 1_000).\(String(1_000 + seconds % 1_000).dropFirst())"
        var who = ""
        if let connection { who = "#\(connection)" }
        if let request { who += ".\(request)" }
        return ("\(time.leftPadded(to: 9))  \(who.padded(to: 6)) \(said)", tone)
    }
}

extension Event.ClientHello {
    /// As in `hello for a.example: TLS 1.3, 1.2; 30 known suites; x25519, secp256r1; h2, http/1.1`.
    fileprivate var sentence: String {
        let name = self.serverName.map { "for \($0.printable)" } ?? "without a name"
        var parts = ["TLS \(self.versions.joined(separator: ", "))"]
        parts.append("\(self.ciphers.count) known suites")
        if !self.groups.isEmpty {
            let more = self.groups.count > 3 ? " and \(self.groups.count - 3) groups more" : ""
            parts.append(self.groups.prefix(3).joined(separator: ", ") + more)
        }
        if !self.protocols.isEmpty {
            parts.append(self.protocols.map(\.printable).joined(separator: ", "))
        }
        return "hello \(name): \(parts.joined(separator: "; "))"
    }
}

extension Event.Kind {
    fileprivate var sentence: (String, Event.Tone)? {
        switch self {
        case .start, .listening:
            return nil
        case .hello(let hello):
            return (hello.sentence, .quiet)
        case .accepted(let client):
            return ("\(client) connected", .quiet)
        case .handshake(let version, let cipher, _, let resumed, _):
            return ("\(version), \(cipher)\(resumed ? ", resumed" : "")", .quiet)
        case .handshakeFailed(let reason, let alert):
            return (Self.refused(reason, alert), .warning)
        case .request(let method, let target, let range, _):
            return (
                "\(method) \(target.printable)\(range.map { " (\($0.printable))" } ?? "")", .plain
            )
        case .fault(let strike):
            return (strike.sentence, .fault)
        case .response(let status, let length, let sent, let complete):
            let share = length.map { $0 == sent ? "" : " of \($0.grouped)" } ?? ""
            let end = complete ? "" : ", not to its end"
            return ("\(status), \(sent.grouped)\(share) bytes sent\(end)", .plain)
        case .alert(let alert):
            let who = alert.sender == .client ? "the client" : "the server"
            return ("\(who) sent the alert \(alert.name)\(alert.explained)", .warning)
        case .http2Error(let sender, let frame, let code):
            return ("the \(sender.rawValue) sent \(frame) with \(code)", .warning)
        case .limit(let name, let detail):
            return ("limit '\(name)': \(detail.printable)", .warning)
        case .failure(let reason):
            return ("failed: \(reason.printable)", .warning)
        case .closed(let closing):
            let how =
                switch closing.how {
                case .clean: "closed by the \(closing.by.rawValue)"
                case .cut: "cut by the \(closing.by.rawValue) (no close_notify)"
                case .reset: "reset by the \(closing.by.rawValue)"
                case .stopped: "closed, the server stops"
                }
            return (
                "\(how) after \(closing.duration.inSeconds), \(closing.sent.grouped) bytes", .quiet
            )
        case .stop(let reason, let tally):
            return (Self.stopped(reason, tally), .plain)
        }
    }

    private static func refused(_ reason: String, _ alert: Event.Alert?) -> String {
        guard let alert, alert.sender == .client else {
            return "no handshake: \(reason.printable)"
        }
        return "the client refused the handshake with the alert \(alert.name)\(alert.explained)"
    }

    private static func stopped(_ reason: String, _ tally: [Tally]) -> String {
        let lines = tally.map { tally in
            let text = "\n  rule \(tally.rule.id + 1)  \(tally.rule.text): "
            return tally.struck > 0
                ? text + "struck \(tally.struck.times)"
                : text
                    + (tally.matched > 0
                        ? "matched \(tally.matched.times), never struck" : "never matched")
        }
        return "stopped: \(reason)" + lines.joined()
    }
}

extension Event.FaultStrike {
    fileprivate var sentence: String {
        var said = "\(self.fault) \(self.action)"
        if let ending { said += " (\(ending.rawValue))" }
        if let waited { said += " \(waited.inSeconds)" }
        if let bytes, bytes > 0 { said += " \(bytes.grouped) \(bytes == 1 ? "byte" : "bytes")" }
        if let offset {
            said += " at \(self.on) offset \(offset.grouped)"
        } else {
            said += " the \(self.on)"
        }
        if self.times > 1 { said += ", \(self.times.grouped) times" }
        if let detail { said += ": \(detail.printable)" }
        return said
    }
}

extension Event.Alert {
    fileprivate var explained: String {
        guard self.sender == .client, let meaning = self.meaning else { return "" }
        return " (\(meaning))"
    }
}

// MARK: - Texts

extension Int {
    /// With commas between thousands: `602,224`.
    public var grouped: String {
        let digits = String(self.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }

    fileprivate var times: String {
        switch self {
        case 1: "once"
        case 2: "twice"
        default: "\(self.grouped) times"
        }
    }
}

extension Double {
    /// Milliseconds as `12 ms` or `3.4 s`.
    fileprivate var inSeconds: String {
        if self < 1_000 { return "\(Int(self.rounded())) ms" }
        let tenths = Int((self / 100).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension String {
    /// Control characters escaped, so that a client cannot write on the terminal.
    var printable: String {
        self.unicodeScalars.map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - self.count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - self.count)) + self
    }
}
