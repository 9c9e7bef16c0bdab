import FaultKit
import NIOCore
import NIOPosix

/// A request with the rules that strike it: what the origin answers, as image and response faults
/// have edited it.
///
/// First ``edition(from:on:for:then:)``, which may take a while, then ``answer(with:of:at:)``.
struct Asked {
    let request: Request
    let number: Int
    let keepsAlive: Bool
    let matches: [Match]
    /// What the origin has for the request.
    let found: Origin.Found

    /// A request has come: it is in the journal, and the rules that strike it are counted.
    /// - Parameters:
    ///   - number: on its connection, from 1.
    init(
        _ request: Request, number: Int, keepsAlive: Bool, of connection: Connection,
        at now: AnswerDate
    ) {
        connection.record(
            .request(
                method: request.method, target: request.target, range: request.fields["Range"],
                fields: request.fields),
            request: number)
        self.request = request
        self.number = number
        self.keepsAlive = keepsAlive
        self.matches = connection.encounter.request(request)
        self.found = connection.core.origin.find(request, at: now)
    }

    /// Hands on what image faults make of the content, nil if they have nothing to edit: at once if it
    /// was made before, else once it was made off the event loop.
    func edition(
        from editions: Editions, on disk: NIOThreadPool, for loop: any EventLoop,
        then goOn: @escaping (Edition?) -> Void
    ) {
        let matches = self.matches.filter { $0.rule.hook.isImage }
        guard !matches.isEmpty, case .content(let content) = self.found else { return goOn(nil) }
        if let edition = editions.find(of: content, by: matches) { return goOn(edition) }
        editions.make(of: content, by: matches, on: disk, for: loop)
            .assumeIsolated().whenSuccess { goOn($0) }
    }

    /// The answer, with the strikes of the faults that edited it in the journal.
    func answer(with edition: Edition?, of connection: Connection, at now: AnswerDate) -> Response {
        let found = edition.map { self.found(as: $0, connection) } ?? self.found
        var response = connection.core.origin.answer(self.request, with: found, at: now)
        if !self.keepsAlive {
            response.fields["Connection"] = "close"
        } else if self.request.version < .http1_1 {
            response.fields["Connection"] = "keep-alive"
        }
        let isHTTP2 = self.request.version.major == 2
        if isHTTP2 { response.sayInHTTP2() }
        for match in self.matches {
            guard case .response(let fault) = match.rule.hook else { continue }
            let before = response
            var dice = match.dice
            fault.edit(&response, to: self.request, using: &dice)
            if isHTTP2 { response.sayInHTTP2() }
            if let detail = response.difference(from: before) {
                self.record(match.rule, on: "response", detail: detail, connection)
            }
        }
        return response
    }

    private func found(as edition: Edition, _ connection: Connection) -> Origin.Found {
        guard case .content(var content) = self.found else { return self.found }
        for change in edition.changes {
            self.record(change.rule, on: "image", detail: change.detail, connection)
        }
        switch edition.image {
        case .success(let image):
            content.image = image
            return .content(content)
        case .failure(let error):
            connection.record(.failure(error.description), request: self.number)
            return .refused(.failed(error.description))
        }
    }

    private func record(_ rule: Rule, on layer: String, detail: String, _ connection: Connection) {
        var strike = Event.FaultStrike(
            rule: rule.id, fault: rule.fault, on: layer, action: "edited")
        strike.detail = detail
        connection.ledger.note(1, of: rule)
        connection.record(.fault(strike), request: self.number)
    }
}

extension Response {
    /// Whether the body's end is the connection's (RFC 9112 §6.3): a body without a length.
    var isCloseDelimited: Bool {
        self.fields["Content-Length"] == nil && self.fields["Transfer-Encoding"] == nil
            && self.status >= 200 && self.status != 204 && self.status != 304
    }

    /// What an edit changed, in words; nil if nothing.
    func difference(from before: Response) -> String? {
        var changes: [String] = []
        if (self.version, self.status, self.reason) != (
            before.version, before.status, before.reason
        ) {
            changes.append("\(before.status) → \(self.status)")
        }
        if self.interim != before.interim {
            let codes = self.interim.map { "\($0.status)" }.joined(separator: ", ")
            changes.append("before it: \(codes)")
        }
        if self.hasHead != before.hasHead {
            changes.append("no head")
        } else if self.statusLine != before.statusLine, let statusLine {
            changes.append("status line: \(statusLine.shown)")
        }
        if self.hasBareLF, !before.hasBareLF { changes.append("lines that end with LF alone") }
        if self.chunking != before.chunking, self.chunking != nil { changes.append("chunked") }
        for name in Self.names(in: before.fields, self.fields) {
            let (old, new) = (before.fields.all(name), self.fields.all(name))
            guard old != new else { continue }
            changes.append("\(name): \(old.listedOrNone) → \(new.listedOrNone)")
        }
        if self.body.count != before.body.count {
            changes.append("body: \(before.body.count) → \(self.body.count) bytes")
        } else if self.body.ranges != before.body.ranges {
            changes.append("body: \(before.body.ranges) → \(self.body.ranges)")
        }
        if self.sequel != before.sequel, case .end(let ending) = self.sequel {
            changes.append("then: \(ending.rawValue)")
        }
        return changes.isEmpty ? nil : changes.joined(separator: ", ")
    }

    /// Names of fields in either, in their order, each once.
    private static func names(in first: Fields, _ second: Fields) -> [String] {
        var names: [String] = []
        for field in first.list + second.list
        where !names.contains(where: { $0.equalsIgnoringCase(field.name) }) {
            names.append(field.name)
        }
        return names
    }
}

extension [String] {
    fileprivate var listedOrNone: String { self.isEmpty ? "none" : self.joined(separator: ", ") }
}

extension Body {
    /// What of images it has, in words.
    fileprivate var ranges: String {
        self.parts.compactMap { part in
            if case .image(_, let range) = part {
                "bytes \(range.lowerBound) to \(range.upperBound)"
            } else {
                nil
            }
        }.joined(separator: ", ")
    }
}
