/// Whose words a device speaks: this project's app, or one of ESP-IDF's three OTA examples
/// (`examples/system/ota`), which say less.
public enum Dialect: String, Sendable, CaseIterable {
    case faultserve, native, simple, advanced

    /// What a line of the console says; mostly nothing.
    public func read(_ line: String) -> Observation? {
        if let seen = BootLog.read(line) { return seen }
        let said = self == .faultserve ? AppReport.read(line) : ExampleLog.read(line, of: self)
        return said ?? ESPLog.read(line)
    }

    /// What is typed to begin an update, once the device is ready: ESP-IDF's examples take a URL alone.
    public func commands(method: String, url: String) -> [String] {
        self == .faultserve ? ["method \(method)", url] : [url]
    }

    /// What is typed so that the device forgets which versions have failed on it, if that is anything:
    /// ESP-IDF's examples know only what otadata says.
    var forgetting: String? { self == .faultserve ? "forget" : nil }
}
