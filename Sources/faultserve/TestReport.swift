import FaultServer
import Foundation
import Rig

/// The results of a test as programs read them.
enum TestReport {
    private struct Entry: Encodable {
        struct Mismatch: Encodable {
            let what: String
            let expected: String
            let actual: String
        }

        struct Line: Encodable {
            let milliseconds: Int
            let side: String
            let text: String
        }

        let profile: String
        let report: String?
        let method: String
        let seed: UInt64
        let verdict: String
        let reason: String?
        let mismatches: [Mismatch]
        let outcome: String
        let stage: String?
        let slot: String?
        let version: String?
        let requests: Int
        let resumed: Int
        let alerts: [String]
        let delivered: Int
        let sent: Int
        let milliseconds: Int
        let transcript: [Line]
    }

    /// An array, an object for each run in its order.
    static func json(_ results: [RunResult]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(results.map(Self.entry))
    }

    private static func entry(of result: RunResult) -> Entry {
        let (device, server) = (result.account.device, result.account.server)
        var mismatches: [Entry.Mismatch] = []
        if case .failed(let found) = result.verdict {
            mismatches = found.map {
                Entry.Mismatch(what: $0.what, expected: $0.expected, actual: $0.actual)
            }
        }
        return Entry(
            profile: result.run.profile.name, report: result.run.profile.report,
            method: result.run.method, seed: result.run.seed,
            verdict: result.verdict.name, reason: result.verdict.reason, mismatches: mismatches,
            outcome: device.outcome.rawValue, stage: device.stage?.rawValue,
            slot: device.running?.slot, version: device.running?.version,
            requests: server.requests, resumed: server.resumed, alerts: server.alerts,
            delivered: server.delivered.count, sent: server.sent,
            milliseconds: Int(result.duration),
            transcript: result.transcript.lines.map {
                Entry.Line(
                    milliseconds: Int($0.milliseconds), side: $0.side.rawValue, text: $0.text)
            })
    }

    /// JUnit's XML: a suite for each profile, a case for each method. A known gap is a skipped case.
    static func junit(_ results: [RunResult]) -> Data {
        var suites: [(name: String, results: [RunResult])] = []
        for result in results {
            let name = result.run.profile.name
            if suites.last?.name != name { suites.append((name, [])) }
            suites[suites.count - 1].results.append(result)
        }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"faultserve\">",
        ]
        for suite in suites {
            let failures = suite.results.count { !$0.verdict.isGood }
            let skipped = suite.results.count { if case .gap = $0.verdict { true } else { false } }
            lines.append(
                "  <testsuite name=\"\(Self.escaped(suite.name))\" tests=\"\(suite.results.count)\" "
                    + "failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\">")
            lines += suite.results.flatMap(Self.testCase)
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func testCase(_ result: RunResult) -> [String] {
        let run = result.run
        var lines = [
            "    <testcase classname=\"\(Self.escaped(run.profile.name))\" "
                + "name=\"\(Self.escaped(run.method))\" time=\"\(result.duration / 1000)\">"
        ]
        let reason = Self.escaped(result.verdict.reason ?? "")
        switch result.verdict {
        case .passed: break
        case .gap: lines.append("      <skipped message=\"known gap: \(reason)\"/>")
        case .failed, .void, .healed:
            let said = result.transcript.lines.suffix(40).map { "\($0.side.rawValue): \($0.text)" }
            lines.append(
                "      <failure type=\"\(result.verdict.name)\" message=\"\(reason)\">"
                    + Self.escaped(said.joined(separator: "\n")) + "</failure>")
        }
        lines.append("    </testcase>")
        return lines
    }

    /// Text for XML 1.0, which has no control characters but tab and the ends of lines (§2.2).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "\t"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Data {
    /// Writes a report whole.
    func write(toFile path: String) throws {
        do {
            try self.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ServerError.unwritable(path)
        }
    }
}

extension ServerError {
    static func unwritable(_ path: String) -> ServerError {
        ServerError(
            .unavailable, "cannot write \(path): is its folder there, and may you write to it?")
    }
}
