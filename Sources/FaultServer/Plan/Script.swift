import FaultKit

/// What rules that count make of one request after the other: each of a client that asks for a whole image, on a
/// connection of its own.
struct Script {
    /// Requests in a row that meet the same.
    struct Row: Equatable {
        /// Counted from 1.
        let first: Int
        var last: Int
        /// Indices of the rules that strike.
        let rules: [Int]
    }

    let rows: [Row]

    /// Requests that are played.
    static let horizon = 100

    /// - Parameter plan: played by the ledger, as a server does.
    init(_ plan: Plan) {
        let ledger = Ledger(plan: plan)
        var rows: [Row] = []
        for number in 1...Self.horizon {
            var encounter = ledger.accepted(client: nil)
            let matches =
                encounter.link() + encounter.handshake(sni: nil) + encounter.established(sni: nil)
                + encounter.request(Request(target: "/firmware.bin"))
            let rules = matches.map(\.rule.id).sorted()
            if let last = rows.last, last.rules == rules {
                rows[rows.count - 1].last = number
            } else {
                rows.append(Row(first: number, last: number, rules: rules))
            }
        }
        self.rows = rows
    }

    /// A table of at most a dozen rows; nil if each request meets the same.
    func table(of rules: [Rule]) -> [String]? {
        guard self.rows.count > 1 else { return nil }
        let shown = self.rows.prefix(12)
        let cells = shown.map { row in
            (
                row.span,
                row.rules.isEmpty
                    ? "an honest answer"
                    : row.rules.map { "rule \($0 + 1), \(rules[$0].fault)" }.joined(separator: "; ")
            )
        }
        let width = cells.map(\.0.count).max() ?? 0
        let lines = cells.map { span, text in
            "  " + span + String(repeating: " ", count: width - span.count) + "  " + text
        }
        return ["", "A client that asks for the image again and again meets, request by request:"]
            + lines
            + (self.rows.count > shown.count ? ["  and so on"] : [])
    }
}

extension Script.Row {
    /// As in `1`, `2 to 4` or `5 on`.
    fileprivate var span: String {
        if self.last == Script.horizon { return "\(self.first) on" }
        return self.first == self.last ? "\(self.first)" : "\(self.first) to \(self.last)"
    }
}
