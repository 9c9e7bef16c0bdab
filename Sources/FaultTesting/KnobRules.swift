import FaultKit

/// Knobs are those that the manual has, and a wrong one is told.
enum KnobRules {
    static func check(_ fault: any Fault.Type, _ findings: inout Findings) {
        Self.checkExample(fault, &findings)
        let example = Self.values(fault.manual.example)
        Self.checkMissing(fault, [:], &findings)
        for name in example.keys.sorted() {
            Self.checkMissing(fault, example.filter { $0.key != name }, &findings)
        }
        for knob in fault.manual.knobs {
            Self.checkMalformed(fault, knob.name, example, &findings)
        }
    }

    /// The knobs as a rule on the command line would have them.
    static func text(_ knobs: KeyValuePairs<String, String>) -> String {
        knobs.isEmpty ? "no knobs" : knobs.map { "\($0)=\($1)" }.joined(separator: " ")
    }

    private static func values(_ knobs: KeyValuePairs<String, String>) -> [String: [String]] {
        Dictionary(knobs.map { ($0.key, [$0.value]) }, uniquingKeysWith: { $1 })
    }

    private static func checkExample(_ fault: any Fault.Type, _ findings: inout Findings) {
        var knobs = Knobs(fault.manual.example)
        // That an example cannot be built is found, and said, when the fault is tried with it.
        guard (try? fault.init(&knobs)) != nil else { return }
        for name in knobs.unread.sorted() {
            findings.note(
                "unread \(name)", "the example sets the knob '\(name)', which nobody reads")
        }
        let documented = Set(fault.manual.knobs.map(\.name))
        for name in documented.subtracting(knobs.read).sorted() {
            findings.note(
                "never read \(name)",
                "the manual has the knob '\(name)', which is not read when the example is; read every "
                    + "knob, whatever the others say")
        }
        for name in knobs.read.subtracting(documented).sorted() {
            findings.note(
                "undocumented \(name)", "the knob '\(name)' is read and not in the manual")
        }
    }

    /// A set of knobs with something missing builds a fault, or says what is missing.
    private static func checkMissing(
        _ fault: any Fault.Type, _ values: [String: [String]], _ findings: inout Findings
    ) {
        let set =
            values.isEmpty ? "no knobs" : "only " + values.keys.sorted().joined(separator: ", ")
        var knobs = Knobs(values)
        do {
            _ = try fault.init(&knobs)
        } catch let error as KnobError {
            Self.check(error, of: fault, "with \(set)", &findings)
        } catch {
            findings.note(
                "missing", "with \(set) it throws \(type(of: error)), which is no KnobError")
        }
    }

    /// A knob with a text that means nothing is refused by its name, unless any text means something.
    private static func checkMalformed(
        _ fault: any Fault.Type, _ name: String, _ example: [String: [String]],
        _ findings: inout Findings
    ) {
        var built: [String] = []
        for text in ["?no value?", "!nor this!"] {
            var knobs = Knobs(example.merging([name: [text]]) { $1 })
            do {
                var description = ""
                dump(try fault.init(&knobs), to: &description)
                built.append(description)
            } catch let error as KnobError {
                if error.knob != name {
                    findings.note(
                        "malformed \(name)",
                        "with '\(name)' set to \"\(text)\" it complains of '\(error.knob)'")
                }
                Self.check(error, of: fault, "with '\(name)' set to \"\(text)\"", &findings)
            } catch {
                findings.note(
                    "malformed \(name)",
                    "with '\(name)' set to \"\(text)\" it throws \(type(of: error)), no KnobError")
            }
        }
        if built.count == 2, built[0] == built[1] {
            findings.note(
                "malformed \(name)", "the knob '\(name)' takes any text and does nothing with it")
        }
    }

    private static func check(
        _ error: KnobError, of fault: any Fault.Type, _ circumstance: String,
        _ findings: inout Findings
    ) {
        if !fault.manual.knobs.contains(where: { $0.name == error.knob }) {
            findings.note(
                "error's knob",
                "\(circumstance) it complains of '\(error.knob)', which is not in the manual")
        }
        if !error.description.contains(error.knob) {
            findings.note(
                "error's text \(error.knob)",
                "\(circumstance) its complaint does not name '\(error.knob)': \(error)")
        }
    }
}
