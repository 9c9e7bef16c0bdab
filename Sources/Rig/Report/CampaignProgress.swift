import FaultServer

/// A campaign as a person follows it on a terminal: a line for each device that is at work, and a bar for all runs.
public struct CampaignProgress: Sendable {
    private struct Device: Sendable {
        let run: Run
        /// Seconds since the campaign began.
        let began: Double
        var news = RunNews(step: 1, bytesSent: 0, lastLine: nil)
    }

    private static let barWidth = 20

    private let count: Int
    private var done = 0
    private var bad = 0
    /// By the numbers of their runs.
    private var devices: [Int: Device] = [:]

    /// - Parameter count: how many runs there are.
    public init(count: Int) { self.count = count }

    /// - Parameter seconds: since the campaign began.
    public mutating func note(_ news: CampaignNews, at seconds: Double) {
        switch news {
        case .began(let number, let run):
            self.devices[number] = Device(run: run, began: seconds)
        case .reached(let number, let news):
            self.devices[number]?.news = news
        case .ended(let number, let result):
            self.devices[number] = nil
            self.done += 1
            if !result.verdict.isGood { self.bad += 1 }
        }
    }

    /// - Parameters:
    ///   - width: columns of the terminal; no line is longer.
    ///   - seconds: since the campaign began.
    public func lines(width: Int, at seconds: Double) -> [String] {
        let devices = self.devices.sorted { $0.key < $1.key }.map(\.value)
        let names = devices.map { "\($0.run.profile.name)  \($0.run.method)" }
        let nameWidth = names.map(\.count).max() ?? 0
        let lines = zip(names, devices).map { name, device in
            let steps = device.run.profile.steps.count
            let parts = [
                "  " + name + String(repeating: " ", count: nameWidth - name.count),
                Self.clock(seconds - device.began),
                steps > 1 ? "step \(device.news.step) of \(steps)" : nil,
                "\(Self.size(device.news.bytesSent)) sent",
                device.news.lastLine.map(Self.printable),
            ]
            return parts.compactMap { $0 }.joined(separator: "  ")
        }
        return (lines + [self.bar(at: seconds)]).map { String($0.prefix(width)) }
    }

    private func bar(at seconds: Double) -> String {
        let filled = Self.barWidth * self.done / max(1, self.count)
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: Self.barWidth - filled)
        let bad = self.bad > 0 ? ", \(self.bad) not as required" : ""
        return "[\(bar)] \(self.done) of \(self.count)\(bad)  \(Self.clock(seconds))"
    }

    /// As in `1:05`.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds))
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 10_240 ? "\(bytes) B" : "\(bytes / 1024) KiB"
    }

    /// What a device says is text: it is not to move the cursor.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
                }))
    }
}
