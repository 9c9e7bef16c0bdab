import FaultServer

/// What ESP-IDF's native, simple and advanced OTA examples say (v5.3, `examples/system/ota`).
enum ExampleLog {
    static func read(_ line: String, of example: Dialect) -> Observation? {
        // The examples say no more before they read a URL (`EXAMPLE_FIRMWARE_UPGRADE_URL_FROM_STDIN`).
        if line.contains("IPv4 address:") { return .ready }
        if line.contains("App is valid, rollback cancelled successfully")
            || line.contains("Diagnostics completed successfully")
        {
            return .selfTest(passed: true, state: nil)
        }
        if line.contains("Diagnostics failed! Start rollback") {
            return .selfTest(passed: false, state: nil)
        }
        return self.endings[example]?.first { line.contains($0.line) }.map {
            .ended(
                Observation.Ending(
                    isDone: $0.isDone, stage: $0.stage, error: $0.isDone ? nil : line))
        }
    }

    private typealias Row = (line: String, isDone: Bool, stage: Stage?)

    /// The last line of each way in which the examples leave an update.
    private static let endings: [Dialect: [Row]] = [
        .native: [
            ("Prepare to restart system!", true, .setBoot),
            ("Failed to initialise HTTP connection", false, .connect),
            ("Failed to open HTTP connection", false, .connect),
            ("Error: SSL data read error", false, .download),
            ("Error in receiving complete file", false, .download),
            ("received package is not fit len", false, .header),
            ("New version is the same as invalid version.", false, .policy),
            ("Current running version is the same as a new.", false, .policy),
            ("esp_ota_begin failed", false, .write),
            ("Error: esp_ota_write failed!", false, .write),
            ("Image validation failed, image is corrupted", false, .verify),
            ("esp_ota_end failed", false, .verify),
            ("esp_ota_set_boot_partition failed", false, .setBoot),
        ],
        .simple: [
            ("OTA Succeed, Rebooting...", true, .setBoot),
            ("Firmware upgrade failed", false, nil),
        ],
        .advanced: [
            ("ESP_HTTPS_OTA upgrade successful. Rebooting ...", true, .setBoot),
            ("ESP HTTPS OTA Begin failed", false, .http),
            ("Image validation failed, image is corrupted", false, .verify),
            ("ESP_HTTPS_OTA upgrade failed", false, nil),
        ],
    ]
}
