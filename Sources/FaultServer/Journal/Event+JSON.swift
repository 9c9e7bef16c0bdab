import FaultKit

/// Events as JSON objects: `seq`, `t`, `event`, `connection`, `request`, and the event's own members.
extension Event: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { self.stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        func put(_ name: String, _ value: (some Encodable)?) throws {
            if let value { try object.encode(value, forKey: Key(name)) }
        }
        try put("seq", self.number)
        try put("t", self.milliseconds)
        try put("event", self.kind.name)
        try put("connection", self.connection)
        try put("request", self.request)
        switch self.kind {
        case .start(let version, let plan, let seed, let rules):
            try put("version", version)
            try put("profile", plan)
            try put("seed", seed)
            try put("rules", rules)
        case .listening(let url, let host, let port):
            try put("url", url)
            try put("host", host)
            try put("port", port)
        case .accepted(let client):
            try put("client", client)
        case .hello(let hello):
            try put("sni", hello.serverName)
            try put("alpn", hello.protocols)
            try put("versions", hello.versions)
            try put("ciphers", hello.ciphers)
            try put("groups", hello.groups)
            try put("ja3", hello.ja3)
            try put("ja3Digest", hello.ja3Digest)
        case .handshake(let version, let cipher, let alpn, let resumed, let names):
            try put("version", version)
            try put("cipher", cipher)
            try put("alpn", alpn)
            try put("resumed", resumed)
            try put("names", names)
        case .handshakeFailed(let reason, let alert):
            try put("reason", reason)
            try put("alert", alert?.name)
            try put("alertNumber", alert?.number)
            try put("alertFrom", alert?.sender.rawValue)
        case .request(let method, let target, let range, let fields):
            try put("method", method)
            try put("path", target)
            try put("range", range)
            try put("fields", fields.list.map { [$0.name, $0.value] })
        case .fault(let strike):
            try put("rule", strike.rule)
            try put("fault", strike.fault)
            try put("on", strike.on)
            try put("action", strike.action)
            try put("offset", strike.offset)
            try put("bytes", strike.bytes)
            try put("waited", strike.waited)
            try put("ending", strike.ending?.rawValue)
            try put("times", strike.times)
            try put("detail", strike.detail)
        case .response(let status, let length, let sent, let complete):
            try put("status", status)
            try put("length", length)
            try put("sent", sent)
            try put("complete", complete)
        case .alert(let alert):
            try put("alert", alert.name)
            try put("alertNumber", alert.number)
            try put("alertFrom", alert.sender.rawValue)
            try put("fatal", alert.isFatal)
        case .http2Error(let sender, let frame, let code):
            try put("frame", frame)
            try put("code", code)
            try put("from", sender.rawValue)
        case .limit(let name, let detail):
            try put("limit", name)
            try put("detail", detail)
        case .failure(let reason):
            try put("reason", reason)
        case .closed(let closing):
            try put("by", closing.by.rawValue)
            try put("how", closing.how.rawValue)
            try put("sent", closing.sent)
            try put("received", closing.received)
            try put("duration", closing.duration)
        case .stop(let reason, let tally):
            try put("reason", reason)
            try put("rules", tally.map(TallyMember.init))
        }
    }

    private struct TallyMember: Encodable {
        let rule: Int
        let fault: String
        let matched: Int
        let struck: Int

        init(_ tally: Tally) {
            self.rule = tally.rule.id
            self.fault = tally.rule.fault
            self.matched = tally.matched
            self.struck = tally.struck
        }
    }
}

extension Event.Kind {
    /// The name in the journal.
    public var name: String {
        switch self {
        case .start: "start"
        case .listening: "listening"
        case .accepted: "accepted"
        case .hello: "hello"
        case .handshake: "handshake"
        case .handshakeFailed: "handshake-failed"
        case .request: "request"
        case .fault: "fault"
        case .response: "response"
        case .alert: "alert"
        case .http2Error: "http2-error"
        case .limit: "limit"
        case .failure: "failure"
        case .closed: "closed"
        case .stop: "stop"
        }
    }
}
