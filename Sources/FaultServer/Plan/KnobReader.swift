import FaultKit

/// Lets a fault read its knobs, and goes on after a mistake, so that all of them are told at once.
struct KnobReader {
    let type: any Fault.Type
    /// Where the rule begins: the place of what is missing.
    let spot: Spot

    struct Outcome {
        /// Nil if the knobs do not make a fault. It may be made of knobs that were complained about.
        var fault: (any Fault)?
        /// Knobs, as the profile has them, whose value is an offset that depends on the whole's length.
        var offsetsNeedingTotal: [String] = []
    }

    func read(_ entries: [Form.Entry], _ complaints: inout Complaints) -> Outcome {
        var given: [String: [String]] = [:]
        for entry in entries {
            guard let texts = entry.value.texts else {
                complaints.add(
                    "'\(entry.key)' is no single value and no list", at: entry.value.spot)
                continue
            }
            given[entry.key] = texts
        }
        let (outcome, errors, knobs) = self.make(of: given)
        let unknown = self.refuseUnread(
            entries, knobs, isComplete: outcome.fault != nil, &complaints)
        for error in errors {
            let entry = entries.first { $0.key == error.knob }
            // A knob is missing and another unknown: one mistake, if the one is the other misspelt.
            if entry == nil, unknown.contains(error.knob) { continue }
            // What is no value at all was complained about already.
            if entry != nil, given[error.knob] == nil { continue }
            complaints.add(error.description, at: entry?.value.spot ?? self.spot)
        }
        return outcome
    }

    /// Makes the fault. A knob that it refuses is replaced by the manual's example, or left out, and it
    /// is asked again, until it is content or complains of the same knob twice.
    private func make(
        of given: [String: [String]]
    ) -> (Outcome, [KnobError], Knobs) {
        var values = given
        var errors: [KnobError] = []
        while true {
            var knobs = Knobs(values)
            do {
                let fault = try self.type.init(&knobs)
                let mended = Set(errors.map(\.knob))
                let offsets = knobs.offsetsNeedingTotal.filter { !mended.contains($0) }
                return (Outcome(fault: fault, offsetsNeedingTotal: offsets), errors, knobs)
            } catch let error as KnobError {
                guard !errors.contains(where: { $0.knob == error.knob }) else {
                    return (Outcome(), errors, knobs)
                }
                errors.append(error)
                let example = self.type.manual.example.first { $0.key == error.knob }
                values[error.knob] = example.map { [$0.value] }
            } catch {
                errors.append(KnobError(knob: "", "\(error)"))
                return (Outcome(), errors, knobs)
            }
        }
    }

    /// Complains about the knobs that the fault did not read.
    /// - Parameter isComplete: whether the fault had the chance to read all that it wants.
    /// - Returns: the names that they were taken for.
    private func refuseUnread(
        _ entries: [Form.Entry], _ knobs: Knobs, isComplete: Bool, _ complaints: inout Complaints
    ) -> Set<String> {
        let manual = self.type.manual
        let documented = Set(manual.knobs.map(\.name) + manual.example.map(\.key))
        let known = knobs.read.union(documented)
        var meant: Set<String> = []
        for entry in entries where !knobs.read.contains(entry.key) {
            if documented.contains(entry.key) {
                guard isComplete else { continue }
                complaints.add(
                    "'\(entry.key)' means nothing beside the other knobs of this rule; remove it",
                    at: entry.spot)
                continue
            }
            guard isComplete || !documented.isEmpty else { continue }
            let list = known.sorted().joined(separator: ", ")
            let otherwise = known.isEmpty ? ", which has no knobs" : "; its knobs are \(list)"
            if let name = Spelling.nearest(to: entry.key, among: known) { meant.insert(name) }
            let hint = Spelling.hint(for: entry.key, among: known, otherwise: otherwise)
            complaints.add(
                "unknown knob \(entry.key.shown) of '\(manual.name)'\(hint)", at: entry.spot)
        }
        return meant
    }
}
