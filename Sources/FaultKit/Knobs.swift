/// A value that a knob can hold, read from the text of a profile or a command line.
public protocol KnobValue: Sendable {
    /// How to write one, for the error message: "a byte count such as 4096, or a share such as 40%".
    static var form: String { get }
    /// The value that the text says, or nil if it says none.
    init?(knob text: String)
}

/// What is wrong with a knob.
public struct KnobError: Error, Hashable, CustomStringConvertible {
    /// The knob that is meant.
    public let knob: String
    /// What is wrong and how to mend it, in one sentence.
    public let description: String

    public init(knob: String, _ description: String) {
        self.knob = knob
        self.description = description
    }
}

/// The knobs that a rule sets, to be read one by one in a fault's initializer.
///
/// Knobs are *read*, not decoded: defaults work, a knob that nobody reads is an error, and a malformed
/// one says how to write it.
public struct Knobs: Sendable {
    private let values: [String: [String]]
    /// Names that were asked for so far, whether they were set or not.
    public private(set) var read: Set<String> = []
    /// Names of the knobs that hold an ``Offset`` which depends on the whole's length, in the order in
    /// which they were read: such a fault means something only where that length is known.
    public private(set) var offsetsNeedingTotal: [String] = []

    /// - Parameter values: by name; a YAML sequence, or a text with commas, has several texts.
    public init(_ values: [String: [String]] = [:]) {
        self.values = values
    }

    /// One text a knob, as in a ``Manual``'s example. A comma separates the items of a list.
    public init(_ example: KeyValuePairs<String, String>) {
        self.init(Dictionary(example.map { ($0.key, [$0.value]) }, uniquingKeysWith: { $1 }))
    }

    /// Names that are set.
    public var names: Set<String> { Set(self.values.keys) }

    /// Names that are set and that nobody has read.
    public var unread: Set<String> { self.names.subtracting(self.read) }

    /// A knob that must be set.
    public mutating func read<Value: KnobValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let value = try self.readIfSet(name, as: Value.self) else {
            throw KnobError(knob: name, "'\(name)' is missing; write \(Value.form)")
        }
        return value
    }

    /// A knob that has a default.
    public mutating func read<Value: KnobValue>(
        _ name: String, default standard: Value
    ) throws -> Value {
        try self.readIfSet(name, as: Value.self) ?? standard
    }

    /// A knob that may be left out.
    public mutating func readIfSet<Value: KnobValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        self.read.insert(name)
        guard let texts = self.values[name] else { return nil }
        guard texts.count == 1, let value = Value(knob: texts[0]) else {
            throw Self.malformed(name, texts.joined(separator: ","), Value.form)
        }
        self.noteOffset(value, of: name)
        return value
    }

    /// A knob that holds one value or a list of them; empty if it is not set.
    public mutating func readList<Value: KnobValue>(
        _ name: String, of type: Value.Type = Value.self
    ) throws -> [Value] {
        self.read.insert(name)
        guard let texts = self.values[name] else { return [] }
        return try texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map
        {
            let text = String($0).trimmingSpaces
            guard let value = Value(knob: text) else {
                throw Self.malformed(name, text, Value.form)
            }
            self.noteOffset(value, of: name)
            return value
        }
    }

    private mutating func noteOffset(_ value: some KnobValue, of name: String) {
        guard let offset = value as? Offset, offset.needsTotal,
            !self.offsetsNeedingTotal.contains(name)
        else { return }
        self.offsetsNeedingTotal.append(name)
    }

    private static func malformed(_ name: String, _ text: String, _ form: String) -> KnobError {
        KnobError(knob: name, "'\(name)' is \"\(text)\"; write \(form)")
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    package var trimmingSpaces: String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}

// MARK: - Values of the language

extension String: KnobValue {
    public static var form: String { "a text" }
    public init?(knob text: String) { self = text }
}

extension Int: KnobValue {
    public static var form: String { "a whole number such as 3" }
    public init?(knob text: String) { self.init(text) }
}

extension Bool: KnobValue {
    public static var form: String { "yes or no" }
    public init?(knob text: String) {
        switch text.lowercased() {
        case "yes", "true", "on": self = true
        case "no", "false", "off": self = false
        default: return nil
        }
    }
}

/// A choice among words: give an enumeration of strings `CaseIterable` and `KnobValue`.
extension KnobValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    public static var form: String {
        "one of " + Self.allCases.map(\.rawValue).joined(separator: ", ")
    }
    public init?(knob text: String) { self.init(rawValue: text.lowercased()) }
}
