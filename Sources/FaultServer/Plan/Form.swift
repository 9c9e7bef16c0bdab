import Yams

/// What a profile or a line says before anybody asks what it means: texts, lists and keys, each with
/// its place. YAML and the one-line form of a rule are read into the same forms.
struct Form {
    enum Content {
        case text(String)
        case list([Form])
        case keys([Entry])
    }

    struct Entry {
        let key: String
        let spot: Spot
        let value: Form
    }

    let content: Content
    let spot: Spot

    init(_ content: Content, at spot: Spot) {
        self.content = content
        self.spot = spot
    }

    /// The texts of a value: one, or those of a list; nil if it holds anything else.
    var texts: [String]? {
        switch self.content {
        case .text(let text): return [text]
        case .list(let items):
            let texts = items.compactMap { item -> String? in
                if case .text(let text) = item.content { text } else { nil }
            }
            return texts.count == items.count ? texts : nil
        case .keys: return nil
        }
    }

    /// The value as one text; a list is joined with commas.
    var text: String? { self.texts?.joined(separator: ",") }
}

// MARK: - YAML

extension Form {
    /// Reads a YAML document.
    static func yaml(_ text: String, file: String) throws(ProfileError) -> Form {
        var complaints = Complaints(file: file)
        if let spot = Self.firstForbidden(in: text) {
            complaints.add("a character that YAML does not allow; remove it", at: spot)
            throw complaints.error
        }
        do {
            // Values are read as texts: 1.10 is a version and no number, so no tag is resolved.
            guard let node = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
                return Form(.keys([]), at: Spot())
            }
            var builder = Builder(end: Self.end(of: text))
            return try builder.form(node)
        } catch let error as YamlError {
            let (message, spot) = Self.reason(error)
            complaints.add(message, at: spot.clamped(to: Self.end(of: text)))
        } catch let error as Misfit {
            complaints.add(error.message, at: error.spot)
        } catch {
            complaints.add("this is no YAML: \(error)", at: Spot())
        }
        throw complaints.error
    }

    private struct Misfit: Error {
        let message: String
        let spot: Spot
    }

    private struct Builder {
        /// Aliases can make a short text into an endless one.
        private var budget = 20_000
        private let end: Spot

        init(end: Spot) { self.end = end }

        mutating func form(_ node: Node) throws -> Form {
            let mark = node.mark.map { Spot(line: $0.line, column: $0.column) } ?? Spot()
            let spot = mark.clamped(to: self.end)
            self.budget -= 1
            guard self.budget > 0 else {
                throw Misfit(message: "the profile is too big", spot: spot)
            }
            switch node {
            case .scalar(let scalar):
                return Form(.text(scalar.string), at: spot)
            case .sequence(let sequence):
                var items: [Form] = []
                for item in sequence { items.append(try self.form(item)) }
                return Form(.list(items), at: spot)
            case .mapping(let mapping):
                var entries: [Entry] = []
                for (key, value) in mapping {
                    let key = try self.form(key)
                    guard case .text(let name) = key.content else {
                        throw Misfit(message: "a key must be a word", spot: key.spot)
                    }
                    entries.append(
                        Entry(key: name, spot: key.spot, value: try self.form(value)))
                }
                return Form(.keys(entries), at: spot)
            case .alias:
                throw Misfit(message: "an alias that stands for nothing", spot: spot)
            }
        }
    }

    private static func reason(_ error: YamlError) -> (String, Spot) {
        func spot(_ mark: Mark) -> Spot { Spot(line: mark.line, column: mark.column) }
        switch error {
        case .composer(_, "but found another document", let mark, _):
            return ("a profile is one YAML document, and here begins another", spot(mark))
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { " \($0.text)" } ?? ""
            return ("this is no YAML: \(problem)\(context)", spot(mark))
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map(\.shown).joined(separator: ", ")
            return ("\(names) is written more than once here; keep one", spot(context.mark))
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ("this is no YAML: \(error)", Spot())
        }
    }

    private static func end(of text: String) -> Spot {
        var end = Spot()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            end.pass(scalar, after: previous)
            previous = scalar
        }
        return end
    }

    /// The place of the first character outside YAML's printable set (YAML 1.1 §5.1). The library
    /// would say which one it is, but not on which line.
    private static func firstForbidden(in text: String) -> Spot? {
        var spot = Spot()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFFFD, 0x1_0000...: break
            default: return spot
            }
            spot.pass(scalar, after: previous)
            previous = scalar
        }
        return nil
    }
}

extension Spot {
    /// The parser sees a line break behind a text that lacks one, and may find something behind that.
    fileprivate func clamped(to end: Spot) -> Spot { self.line > end.line ? end : self }
}
