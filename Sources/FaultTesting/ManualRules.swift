import FaultKit

/// A manual reads like the others.
enum ManualRules {
    static func check(_ fault: any Fault.Type, _ findings: inout Findings) {
        let manual = fault.manual
        let name = Self.hyphenated(String(describing: fault))
        if manual.name != name {
            findings.note("name", "the manual's name is not the type's, which is '\(name)'")
        }
        if !Self.isPhrase(manual.summary) {
            findings.note(
                "summary", "the summary is not one phrase that begins small and has no full stop")
        }
        if !Self.isSentence(manual.requirement) {
            findings.note(
                "requirement", "the requirement is not a sentence with a capital and a full stop")
        }
        Self.checkKnobs(manual, &findings)
    }

    private static func checkKnobs(_ manual: Manual, _ findings: inout Findings) {
        for (index, knob) in manual.knobs.enumerated() {
            if !Self.isHyphenated(knob.name) {
                findings.note(
                    "knob name \(knob.name)",
                    "the knob '\(knob.name)' is not in lower case with hyphens")
            }
            if ["fault", "on", "when"].contains(knob.name) {
                findings.note(
                    "knob name \(knob.name)",
                    "the knob '\(knob.name)' has the name of a rule's own key")
            }
            if manual.knobs[..<index].contains(where: { $0.name == knob.name }) {
                findings.note(
                    "knob twice \(knob.name)", "the manual has the knob '\(knob.name)' twice")
            }
            if knob.meaning.isEmpty {
                findings.note(
                    "meaning \(knob.name)",
                    "the manual does not say what the knob '\(knob.name)' means")
            }
        }
    }

    /// `WrongName` is `wrong-name`, `TLSAlert` is `tls-alert`.
    static func hyphenated(_ type: String) -> String {
        let letters = Array(type)
        return letters.indices.reduce(into: "") { name, index in
            if index > 0, letters[index].isUppercase {
                let isNext = index + 1 < letters.count && letters[index + 1].isLowercase
                if !letters[index - 1].isUppercase || isNext { name += "-" }
            }
            name += letters[index].lowercased()
        }
    }

    private static func isHyphenated(_ name: String) -> Bool {
        guard let first = name.first, first.isLowercase, name.last != "-" else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
    }

    private static func isPhrase(_ text: String) -> Bool {
        guard let first = text.first, !text.contains(where: \.isNewline) else { return false }
        return !first.isUppercase && text.last != "."
    }

    private static func isSentence(_ text: String) -> Bool {
        guard let first = text.first, !text.contains(where: \.isNewline) else { return false }
        return first.isUppercase && text.last == "." && text.contains(" ")
    }
}

/// A fault works at one layer.
enum HookRules {
    static func check(_ fault: any Fault.Type, _ findings: inout Findings) {
        let hooks = [
            fault is any ImageFault.Type, fault is any ResponseFault.Type,
            fault is any HandshakeFault.Type, fault is any StreamFault.Type,
        ]
        let count = hooks.count { $0 }
        guard count != 1 else { return }
        findings.note(
            "hook",
            "it conforms to \(count) of ImageFault, ResponseFault, HandshakeFault and StreamFault; "
                + "a fault conforms to exactly one")
    }
}
