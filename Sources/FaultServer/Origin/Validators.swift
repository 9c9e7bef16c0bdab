import FaultKit

/// What tells the contents of a resource apart, where there is such a thing (RFC 9110 §8.8).
struct Validators {
    var tag: EntityTag?
    /// Seconds since 1970; never later than now.
    var modified: Int?

    /// What a request's conditions ask for.
    enum Verdict: Hashable {
        case proceed, notModified, failed
    }

    /// Evaluates the conditions of a GET or HEAD request in the order of RFC 9110 §13.2.2. A date that
    /// is malformed or said twice is ignored, as is one about a resource that has none.
    /// - Parameter now: seconds since 1970.
    func verdict(on request: Request, now: Int) -> Verdict {
        let fields = request.fields
        let match = fields.all("If-Match")
        if !match.isEmpty {
            guard self.matches(match, { $0.isStrongly($1) }) else { return .failed }
        } else if let modified = self.modified,
            let date = Self.date(in: fields.all("If-Unmodified-Since"), now: now), modified > date
        {
            return .failed
        }
        let noneMatch = fields.all("If-None-Match")
        if !noneMatch.isEmpty {
            return self.matches(noneMatch, { $0.isWeakly($1) }) ? .notModified : .proceed
        }
        if let modified = self.modified,
            let date = Self.date(in: fields.all("If-Modified-Since"), now: now), modified <= date
        {
            return .notModified
        }
        return .proceed
    }

    /// Whether `If-Range` lets a range be answered (RFC 9110 §13.1.5): there is none, or it names this
    /// content by a strong validator. A modification in the current second is none: another may follow.
    /// - Parameter now: seconds since 1970.
    func allowsRange(_ request: Request, now: Int) -> Bool {
        let values = request.fields.all("If-Range")
        guard let value = values.first else { return true }
        guard values.count == 1 else { return false }
        var reader = FieldReader(value)
        if let tag = EntityTag(&reader) {
            return reader.isAtEnd && self.tag?.isStrongly(tag) == true
        }
        guard let modified = self.modified, modified < now else { return false }
        return HTTPDate.seconds(value, now: now) == modified
    }

    private func matches(
        _ values: [String], _ areEqual: (EntityTag, EntityTag) -> Bool
    ) -> Bool {
        switch EntityTags(values) {
        case .any: true
        case .list(let tags): self.tag.map { own in tags.contains { areEqual(own, $0) } } ?? false
        }
    }

    private static func date(in values: [String], now: Int) -> Int? {
        values.count == 1 ? HTTPDate.seconds(values[0], now: now) : nil
    }
}
