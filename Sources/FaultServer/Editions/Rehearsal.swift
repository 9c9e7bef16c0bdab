import FaultKit

/// Edits what is offered before anybody asks for it: an image that a rule cannot edit is found at the
/// start, and the first request finds its edition made.
struct Rehearsal {
    /// The most files of a folder that are tried.
    private static let limit = 16

    private let content: Content
    private let editions: Editions
    private let seed: UInt64
    /// The image rules.
    private let rules: [Rule]

    init(_ plan: Plan, of content: Content, into editions: Editions) {
        self.content = content
        self.editions = editions
        self.seed = plan.seed
        self.rules = plan.rules.filter { $0.hook.isImage }
    }

    /// - Throws: ``ServerError`` that names file, rule and reason, if a rule cannot edit an image that is
    ///   offered, the file that its path names, or any one of the folder's files that it is for.
    func run() throws {
        guard !self.rules.isEmpty else { return }
        for (name, offered) in self.content.images.sorted(by: { $0.key < $1.key }) {
            // What cannot be opened by now is refused to whoever asks for it.
            guard let image = try? offered.representation() else { continue }
            try self.demand(self.outcome(of: image, at: "/" + name))
        }
        guard let root = self.content.root else { return }
        try self.tryNamedFiles(of: root)
        try self.tryFiles(of: root)
    }

    /// What became of one image.
    private struct Outcome {
        /// For each rule that may strike the image.
        var single: [(rule: Rule, failure: ImageError?)] = []
        /// All of them together, if each could edit it.
        var together: ImageError?
    }

    private func outcome(of image: Representation, at path: String) -> Outcome {
        let rules = self.rules.filter { $0.when.path?.matches(Array(path.utf8)) ?? true }
        guard !rules.isEmpty else { return Outcome() }
        var outcome = Outcome()
        for rule in rules {
            // A rule that asks for no more than the path strikes whenever another one does.
            let company = rules.filter { $0.id == rule.id || $0.when.isMetByPathAlone }
            outcome.single.append((rule, self.edit(image, by: company)))
        }
        if outcome.single.allSatisfy({ $0.failure == nil }) {
            outcome.together = self.edit(image, by: rules)
        }
        return outcome
    }

    private func edit(_ image: Representation, by rules: [Rule]) -> ImageError? {
        let matches = rules.map { Match(image: $0, seed: self.seed) }
        return self.editions.make(of: image, by: matches).failure
    }

    private func demand(_ outcome: Outcome) throws {
        let failures = outcome.single.map(\.failure) + [outcome.together]
        if let failure = failures.lazy.compactMap({ $0 }).first {
            throw ServerError(.data, failure.description)
        }
    }

    /// Files that rules name by their paths.
    private func tryNamedFiles(of root: Root) throws {
        for path in Set(self.rules.compactMap { $0.when.path?.literal }).sorted()
        where !self.isOffered(path) {
            let segments = path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
            guard case .file(let image) = try? root.open(segments, name: path) else { continue }
            try self.demand(self.outcome(of: image, at: path))
        }
    }

    /// A build folder holds files that are no app images, such as ota_data_initial.bin: a rule must be
    /// able to edit one of those that it is for.
    private func tryFiles(of root: Root) throws {
        let images = root.images(limit: Self.limit) { !self.isOffered("/" + $0) }
        let outcomes = images.flatMap { self.outcome(of: $0, at: "/" + $0.image.name).single }
        for rule in self.rules where rule.when.path?.literal == nil {
            let failures = outcomes.filter { $0.rule.id == rule.id }.map(\.failure)
            guard case .some(let failure?) = failures.first, !failures.contains(nil) else {
                continue
            }
            let rest = failures.count > 1 ? "; nor any other .bin file of the folder" : ""
            throw ServerError(.data, failure.description + rest)
        }
    }

    private func isOffered(_ path: String) -> Bool {
        self.content.images[String(path.dropFirst())] != nil
    }
}

extension When {
    /// Whether each request for the path, if there is one, is struck.
    fileprivate var isMetByPathAlone: Bool {
        var other = self
        other.path = nil
        return other == When()
    }
}

extension Root {
    /// The files at the top whose names end in `.bin` and that would be served, in the order of their names.
    fileprivate func images(
        limit: Int, where isWanted: (String) -> Bool
    ) -> [Representation] {
        guard case .folder(let folder) = try? self.open([], name: "/"),
            let names = try? folder.names(limit: Listing.limit)
        else { return [] }
        var images: [Representation] = []
        for name in names.filter({ $0.suffix(4).elementsEqual(".bin".utf8) })
            .sorted(by: { $0.lexicographicallyPrecedes($1) }) where images.count < limit
        {
            let text = String(decoding: name, as: UTF8.self)
            if isWanted(text), case .file(let image) = try? self.open([name], name: text) {
                images.append(image)
            }
        }
        return images
    }
}
