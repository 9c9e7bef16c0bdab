import FaultKit

/// The keys of one mapping, taken one by one, so that those nobody took are known.
struct Section {
    /// Where the mapping begins.
    let spot: Spot
    private let entries: [Form.Entry]
    /// The keys that were asked for, in that order.
    private var known: [String] = []

    /// - Parameter meaning: what stands here, for the complaint: "a rule".
    init?(_ form: Form, _ meaning: String, _ complaints: inout Complaints) {
        guard case .keys(let entries) = form.content else {
            complaints.add("\(meaning) is written as keys and values", at: form.spot)
            return nil
        }
        self.spot = form.spot
        self.entries = entries
    }

    /// Everything but what was taken.
    var rest: [Form.Entry] { self.entries.filter { !self.known.contains($0.key) } }

    mutating func take(_ key: String) -> Form.Entry? {
        if !self.known.contains(key) { self.known.append(key) }
        return self.entries.first { $0.key == key }
    }

    /// A value that may be left out; a malformed one is a complaint.
    mutating func read<Value: KnobValue>(
        _ key: String, as type: Value.Type = Value.self, _ complaints: inout Complaints
    ) -> Value? {
        guard let entry = self.take(key) else { return nil }
        let text = entry.value.text
        if let value = text.flatMap(Value.init(knob:)) { return value }
        let said = text.map { " is \($0.isEmpty ? "empty" : $0.shown)" } ?? " is no single value"
        complaints.add("'\(key)'\(said); write \(Value.form)", at: entry.value.spot)
        return nil
    }

    /// A value that must be there.
    mutating func require<Value: KnobValue>(
        _ key: String, as type: Value.Type = Value.self, _ complaints: inout Complaints
    ) -> Value? {
        if !self.entries.contains(where: { $0.key == key }) {
            complaints.add("'\(key)' is missing; write \(Value.form)", at: self.spot)
        }
        return self.read(key, as: Value.self, &complaints)
    }

    /// A list of values, or one alone; without the key an empty one. Each malformed one is a complaint.
    mutating func readList<Value: KnobValue>(
        _ key: String, as type: Value.Type, _ complaints: inout Complaints
    ) -> [Value] {
        guard let entry = self.take(key) else { return [] }
        var items = [entry.value]
        if case .list(let list) = entry.value.content { items = list }
        return items.compactMap { item in
            if case .text(let text) = item.content, let value = Value(knob: text) { return value }
            complaints.add("'\(key)': write \(Value.form)", at: item.spot)
            return nil
        }
    }

    /// Complains about each key that nobody took.
    func refuseRest(of meaning: String, _ complaints: inout Complaints) {
        let keys = self.known.joined(separator: ", ")
        for entry in self.rest {
            let hint = Spelling.hint(
                for: entry.key, among: self.known, otherwise: "; its keys are \(keys)")
            complaints.add("unknown key \(entry.key.shown) in \(meaning)\(hint)", at: entry.spot)
        }
    }
}
