public import FaultKit

/// Sets, adds or removes a field of the response.
public struct ResponseField: ResponseFault {
    public static let manual = Manual(
        name: "response-field",
        summary: "sets, adds or removes a field of the response",
        requirement:
            "The client takes the message for what its fields say (RFC 9112 §6.3), and ends it where they "
            + "contradict each other or cannot be read; it never boots an image that does not match its digest.",
        knobs: [
            .init("name", "the field's name, such as Content-Length"),
            .init("value", "what it says"),
            .init("how", "set (default), add beside others of that name, or remove"),
            .init("times", "how often it is added, 1 to 10000; default 1"),
            .init("size", "repeats the value up to that many bytes, at most 1MiB"),
        ],
        example: ["name": "Content-Length", "value": "-5"])

    private enum How: String, CaseIterable, KnobValue { case set, add, remove }

    private let name: String
    private let value: String
    private let how: How
    private let times: Int

    /// Reads `name`, `value`, `how`, `times` and `size`.
    public init(_ knobs: inout Knobs) throws {
        self.name = try knobs.read("name")
        self.how = try knobs.read("how", default: .set)
        let times = try knobs.readIfSet("times", as: Int.self)
        guard times == nil || ((1...10_000).contains(times!) && self.how == .add) else {
            throw KnobError(knob: "times", "'times' belongs to 'how: add', and is 1 to 10000")
        }
        self.times = times ?? 1
        let value = try knobs.readIfSet("value", as: String.self)
        let size = try knobs.readIfSet("size", as: ByteCount.self)?.bytes
        for (knob, text) in [("name", self.name), ("value", value ?? "")] {
            guard text.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) else {
                throw KnobError(
                    knob: knob, "'\(knob)' has characters beyond ISO-8859-1; write it without them")
            }
        }
        guard !self.name.isEmpty else {
            throw KnobError(knob: "name", "'name' is empty; write one such as Content-Length")
        }
        guard (value == nil) == (self.how == .remove) else {
            throw KnobError(
                knob: "value",
                self.how == .remove
                    ? "a field that is removed has no 'value'; leave it out"
                    : "'value' is missing; write a text")
        }
        self.value = try Self.filled(value ?? "", to: size)
    }

    private static func filled(_ value: String, to size: Int?) throws -> String {
        guard let size else { return value }
        guard !value.isEmpty, (1...1 << 20).contains(size) else {
            throw KnobError(
                knob: "size", "'size' is a count up to 1MiB, of a value that is not empty")
        }
        let count = value.unicodeScalars.count
        let whole = String(repeating: value, count: (size + count - 1) / count)
        return String(String.UnicodeScalarView(whole.unicodeScalars.prefix(size)))
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        switch self.how {
        case .set: response.fields[self.name] = self.value
        case .add: for _ in 0..<self.times { response.fields.add(self.name, self.value) }
        case .remove: response.fields[self.name] = nil
        }
    }
}
