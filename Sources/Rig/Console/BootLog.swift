/// The lines of bootloader, start-up code and panic handler, which are the same whatever the app.
enum BootLog {
    static func read(_ line: String) -> Observation? {
        if let said = line.part(after: ") boot: ") { return self.bootloader(said) }
        if let version = line.part(after: ") app_init: App version:") {
            return .version(version.trimmingSpaces)
        }
        let panics = ["Guru Meditation Error", "abort() was called", "assert failed:"]
        return panics.contains { line.hasPrefix($0) } ? .panicked : nil
    }

    private static func bootloader(_ said: Substring) -> Observation? {
        if said.hasPrefix("ESP-IDF ") { return .reset }
        if let offset = said.part(after: "Loaded app from partition at offset 0x") {
            return UInt32(offset.prefix { $0.isHexDigit }, radix: 16).map { .loaded(offset: $0) }
        }
        if said.hasPrefix("OTA app partition slot"), said.hasSuffix("is not bootable") {
            return .passedOver
        }
        if said.hasPrefix("No bootable app partitions") { return .nothingBoots }
        return self.partition(said)
    }

    /// ` 4 ota_0            OTA app          00 10 00110000 00100000`: type 00 is an app.
    private static func partition(_ said: Substring) -> Observation? {
        let words = said.split(separator: " ")
        guard words.count >= 6, Int(words[0]) != nil, words[words.count - 4] == "00",
            let offset = UInt32(words[words.count - 2], radix: 16)
        else { return nil }
        return .partition(label: String(words[1]), offset: offset)
    }
}

extension StringProtocol {
    /// What follows a text; nil if the text is not there.
    func part(after text: String) -> Substring? {
        var rest = Substring(self)
        while let first = text.first, let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.hasPrefix(text) { return rest.dropFirst(text.count) }
            rest = rest.dropFirst()
        }
        return nil
    }

    var trimmingSpaces: String {
        let start = self.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
