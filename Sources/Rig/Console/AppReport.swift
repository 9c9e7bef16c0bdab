import FaultServer
import FoundationEssentials

/// The lines `OTA-REPORT {...}` of this project's app, and its prompt.
enum AppReport {
    /// The members that matter, of each kind of report.
    private struct Report: Decodable {
        let event: String
        let state: String?
        let outcome: String?
        let stage: String?
        let error: String?
    }

    static func read(_ line: String) -> Observation? {
        if line.hasPrefix("ready: ") { return .ready }
        let prefix = "OTA-REPORT "
        guard line.hasPrefix(prefix),
            let report = try? JSONDecoder().decode(
                Report.self, from: Data(line.dropFirst(prefix.count).utf8))
        else { return nil }
        switch report.event {
        case "boot": return report.state.map { .state($0) }
        case "self-test":
            // One that is over without a word leaves the app unconfirmed.
            guard report.outcome != "no-confirm" else { return nil }
            return .selfTest(passed: report.outcome == "pass", state: report.state)
        case "update":
            let isDone = report.outcome == "updated"
            return .ended(
                Observation.Ending(
                    isDone: isDone, stage: report.stage.flatMap(Self.stage),
                    error: isDone ? nil : report.error))
        default: return nil
        }
    }

    /// What an unconfirmed app refuses before it asks for anything is a matter of policy.
    private static func stage(_ name: String) -> Stage? {
        name == "precondition" ? .policy : Stage(rawValue: name)
    }
}
