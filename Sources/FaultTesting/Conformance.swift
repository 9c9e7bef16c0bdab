public import FaultKit

/// What holds for every fault, whoever wrote it.
///
/// A package that adds a fault runs this in a test of whatever framework it uses:
///
///     #expect(Conformance.check(Repeat.self) == [])
///
/// Nothing in it is left to chance: the same fault gives the same answer in every run.
public enum Conformance {
    /// Tries a fault on samples of what its hook edits.
    ///
    /// - Parameters:
    ///   - fault: the fault; its manual's example is the first set of knobs that is tried.
    ///   - more: further sets of knobs to try, each as it stands.
    ///   - images: images for an image fault that edits only those of its own format; without any, it is
    ///     tried on bytes that begin with the ESP image magic.
    /// - Returns: what does not hold, a sentence each; empty if the fault conforms.
    public static func check(
        _ fault: any Fault.Type, with more: [KeyValuePairs<String, String>] = [],
        images: [Image] = Samples.images
    ) -> [String] {
        var findings = Findings(about: fault.manual.name)
        ManualRules.check(fault, &findings)
        HookRules.check(fault, &findings)
        KnobRules.check(fault, &findings)
        for knobs in [fault.manual.example] + more {
            findings.circumstance = KnobRules.text(knobs)
            var reader = Knobs(knobs)
            do {
                let fault = try fault.init(&reader)
                Self.behave(fault, images, &findings)
            } catch {
                findings.note("builds", "it cannot be built: \(error)")
            }
        }
        return findings.texts
    }

    private static func behave(_ fault: any Fault, _ images: [Image], _ findings: inout Findings) {
        if let fault = fault as? any StreamFault { StreamRules.check(fault, &findings) }
        if let fault = fault as? any ImageFault { ImageRules.check(fault, images, &findings) }
        if let fault = fault as? any ResponseFault { ResponseRules.check(fault, &findings) }
        if let fault = fault as? any HandshakeFault { HandshakeRules.check(fault, &findings) }
    }
}

/// What was found; of each rule and circumstance only the first, as the others say the same again.
struct Findings {
    private(set) var texts: [String] = []
    /// The knobs under which the fault is tried; nil while its manual and knobs are read.
    var circumstance: String?
    private let name: String
    private var noted: Set<String> = []

    init(about name: String) { self.name = name }

    mutating func note(_ rule: String, _ sentence: String) {
        let circumstance = self.circumstance.map { " with \($0)" } ?? ""
        guard self.noted.insert(rule + circumstance).inserted else { return }
        self.texts.append("\(self.name)\(circumstance): \(sentence)")
    }
}
