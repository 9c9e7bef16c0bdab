import FaultKit

/// A request with the rules that strike it: what the origin answers, as image and response faults
/// have edited it.
struct Asked {
    let request: Request
    let number: Int
    let keepsAlive: Bool
    let matches: [Match]

    func answer(of connection: Connection, date: String) -> Response {
        var response = connection.core.origin.answer(self.request, date: date) { image in
            try self.edit(&image, connection)
        }
        if !self.keepsAlive {
            response.fields["Connection"] = "close"
        } else if self.request.version < .http1_1 {
            response.fields["Connection"] = "keep-alive"
        }
        for match in self.matches {
            guard case .response(let fault) = match.rule.hook else { continue }
            let before = response
            var dice = match.dice
            fault.edit(&response, to: self.request, using: &dice)
            if let detail = response.difference(from: before) {
                self.record(match.rule, on: "response", detail: detail, connection)
            }
        }
        return response
    }

    private func edit(_ image: inout Image, _ connection: Connection) throws {
        for match in self.matches {
            guard case .image(let fault) = match.rule.hook else { continue }
            let before = image
            var dice = match.dice
            do {
                try fault.edit(&image, using: &dice)
            } catch {
                let text = "rule '\(match.rule.text)' cannot edit \(image.name): \(error)"
                connection.record(.failure(text), request: self.number)
                throw ImageError(text)
            }
            guard image.edits != before.edits else { continue }
            let detail = "\(image.name), \(image.count) bytes"
            self.record(match.rule, on: "image", detail: detail, connection)
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
        for name in Self.names(in: before.fields, self.fields) {
            let (old, new) = (before.fields.all(name), self.fields.all(name))
            guard old != new else { continue }
            changes.append("\(name): \(old.listedOrNone) → \(new.listedOrNone)")
        }
        if self.body.count != before.body.count {
            changes.append("body: \(before.body.count) → \(self.body.count) bytes")
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
