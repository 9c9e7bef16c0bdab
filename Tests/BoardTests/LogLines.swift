extension StringProtocol {
    /// A console's lines without their times: `E boot: Factory app partition is not bootable`.
    var logLines: [String] {
        self.split(separator: "\n").map { line in
            guard let level = line.first, "EWIDV".contains(level),
                line.dropFirst().hasPrefix(" ("), let end = line.firstIndex(of: ")")
            else { return String(line) }
            return "\(level)\(line[line.index(after: end)...])"
        }
    }
}

extension [String] {
    /// Whether one of the lines begins so.
    func have(_ beginning: String) -> Bool { self.contains { $0.hasPrefix(beginning) } }

    /// The lines that tell of an error.
    var errors: [String] { self.filter { $0.hasPrefix("E ") } }
}
