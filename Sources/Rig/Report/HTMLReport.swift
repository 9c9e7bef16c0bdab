import FaultServer

/// The results of a test as one page that needs nothing else: a matrix of profiles by methods, and each run
/// with what was required, what both sides said side by side in time, and how many bytes went over.
public enum HTMLReport {
    /// The most lines of a run that are shown: as many from its beginning as from its end.
    static let lineLimit = 400

    /// - Parameter replay: the command that runs one again.
    public static func page(_ results: [RunResult], replay: (Run) -> String) -> String {
        let counts = Self.words.compactMap { name, word in
            let count = results.count { $0.verdict.name == name }
            return count > 0 ? "<span class=\"\(name)\">\(count) \(word)</span>" : nil
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>faultserve test</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>faultserve test</h1>
            <p>\(results.count) runs: \(counts.joined(separator: ", "))</p>
            \(Self.matrix(results))
            <h2>Runs</h2>
            \(results.enumerated().map { Self.run($0.element, $0.offset, replay) }.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private static let words = [
        ("passed", "ok"), ("gap", "known gaps"), ("failed", "failed"), ("healed", "healed"),
        ("void", "void"),
    ]

    private static let style = """
        :root { color-scheme: light dark; }
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 90em; padding: 0 1em; }
        table { border-collapse: collapse; }
        th, td { padding: .15em .6em; text-align: left; vertical-align: top; }
        .matrix td { border: 1px solid #8888; }
        .matrix a { color: inherit; text-decoration: none; display: block; }
        .passed { background: #2e8b57; color: #fff; } .gap { background: #d9a400; color: #000; }
        .failed, .healed { background: #c0392b; color: #fff; } .void { background: #7f8c8d; color: #fff; }
        p span { padding: 0 .3em; border-radius: .2em; }
        details { border-top: 1px solid #8888; padding: .4em 0; }
        summary { cursor: pointer; } summary b { padding: 0 .4em; border-radius: .2em; }
        .timeline { font: 12px/1.35 ui-monospace, monospace; width: 100%; table-layout: fixed; }
        .timeline td { border-bottom: 1px solid #8883; overflow-wrap: anywhere; }
        .timeline th:first-child { width: 6em; } .timeline td:first-child { color: #888; }
        .timeline .server { color: #1f6feb; } .timeline .rig { color: #8957e5; }
        svg { background: #8881; } svg polyline { fill: none; stroke: #1f6feb; stroke-width: 1.5; }
        svg text { font: 10px system-ui; fill: #888; }
        """

    // MARK: The matrix

    private static func matrix(_ results: [RunResult]) -> String {
        var methods: [String] = []
        var rows: [(profile: String, cells: [String: [Int]])] = []
        for (number, result) in results.enumerated() {
            let run = result.run
            if !methods.contains(run.method) { methods.append(run.method) }
            if rows.last?.profile != run.profile.name { rows.append((run.profile.name, [:])) }
            rows[rows.count - 1].cells[run.method, default: []].append(number)
        }
        let head = methods.map { "<th scope=\"col\">\(Self.escaped($0))</th>" }.joined()
        let lines = rows.map { row in
            let cells = methods.map { method in
                let links = (row.cells[method] ?? []).map { number in
                    let result = results[number]
                    return "<a class=\"\(result.verdict.name)\" href=\"#run-\(number)\">"
                        + "\(result.account.device.outcome.rawValue)</a>"
                }
                return "<td>\(links.joined())</td>"
            }
            return "<tr><th scope=\"row\">\(Self.escaped(row.profile))</th>\(cells.joined())</tr>"
        }
        return "<table class=\"matrix\"><thead><tr><th></th>\(head)</tr></thead><tbody>\n"
            + lines.joined(separator: "\n") + "\n</tbody></table>"
    }

    // MARK: A run

    private static func run(
        _ result: RunResult, _ number: Int, _ replay: (Run) -> String
    ) -> String {
        let run = result.run
        let device = result.account.device
        let outcome = device.outcome.rawValue + (device.stage.map { " at \($0.rawValue)" } ?? "")
        // A browser opens what a link's target is folded in (HTML, "ancestor details revealing").
        var lines = ["<p id=\"run-\(number)\">\(Self.escaped(run.profile.story))</p>"]
        switch result.verdict {
        case .failed(let mismatches):
            let rows = mismatches.map {
                "<tr><td>\(Self.escaped($0.what))</td><td>\(Self.escaped($0.expected))</td>"
                    + "<td>\(Self.escaped($0.actual))</td></tr>"
            }
            lines.append(
                "<table><tr><th>requirement</th><th>expected</th><th>found</th></tr>"
                    + rows.joined() + "</table>")
        case .gap(let gap): lines.append("<p>Known gap: \(Self.escaped(gap.reason)).</p>")
        case .healed(let gap):
            lines.append(
                "<p>Passed, and is listed as a known gap: \(Self.escaped(gap.reason)).</p>")
        case .void(let reason): lines.append("<p>Void: \(Self.escaped(reason)).</p>")
        case .passed: break
        }
        lines.append("<p><code>\(Self.escaped(replay(run)))</code></p>")
        lines.append(Self.plot(result.traffic, until: result.duration))
        lines.append(Self.timeline(result.transcript))
        // What is not as it should be lies open.
        let isOpen = result.verdict.isGood ? "" : " open"
        return """
            <details\(isOpen)><summary><b class="\(result.verdict.name)">\(result.verdict.name)</b> \
            \(Self.escaped(run.profile.name)), \(Self.escaped(run.method)): \(outcome), \(Self.seconds(result.duration))</summary>
            \(lines.joined(separator: "\n"))
            </details>
            """
    }

    private static func timeline(_ transcript: Transcript) -> String {
        let all = transcript.lines
        let half = Self.lineLimit / 2
        let isCut = all.count > Self.lineLimit
        var rows = (isCut ? Array(all.prefix(half)) : all).map(Self.row)
        if isCut || transcript.omitted > 0 {
            let count = transcript.omitted + max(0, all.count - Self.lineLimit)
            rows.append("<tr><td></td><td colspan=\"2\">\(count) lines are left out</td></tr>")
        }
        if isCut { rows += all.suffix(half).map(Self.row) }
        return "<table class=\"timeline\"><tr><th></th><th>server</th><th>device</th></tr>\n"
            + rows.joined(separator: "\n") + "\n</table>"
    }

    /// What the rig did stands with the device, to which it did it.
    private static func row(_ line: Transcript.Line) -> String {
        let text = Self.escaped(line.text)
        let cells =
            line.side == .server
            ? "<td class=\"server\">\(text)</td><td></td>"
            : "<td></td><td class=\"\(line.side.rawValue)\">\(text)</td>"
        return "<tr><td>\(Self.seconds(line.milliseconds))</td>\(cells)</tr>"
    }

    private static func plot(_ traffic: Traffic, until end: Double) -> String {
        let (width, height) = (600.0, 80.0)
        guard let most = traffic.points.map(\.bytes).max(), most > 0, end > 0 else { return "" }
        let points = ([Traffic.Point(milliseconds: 0, bytes: 0)] + traffic.points).map { point in
            let x = Int((point.milliseconds / end * width).rounded())
            let y = Int((height - Double(point.bytes) / Double(most) * height).rounded())
            return "\(x),\(y)"
        }
        return """
            <svg viewBox="0 -12 600 104" width="600" height="104" role="img" aria-label="bytes sent over time">\
            <polyline points="\(points.joined(separator: " "))"/>\
            <text x="2" y="-2">\(most) bytes sent</text><text x="540" y="90">\(Self.seconds(end))</text></svg>
            """
    }

    private static func seconds(_ milliseconds: Double) -> String {
        let hundredths = Int((milliseconds / 10).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }

    /// Text of a page: what a device says is text, whatever it is. A control character becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n": escaped.unicodeScalars.append(" ")
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
