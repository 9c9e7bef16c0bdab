import FaultServer

/// What ESP-IDF's own components log when an update fails (v5.3), whatever the app: at which step it was.
enum ESPLog {
    static func read(_ line: String) -> Observation? {
        if line.contains("guarded_ota: again in") { return .triesAgain }
        return self.rows.first { line.contains($0.text) }.map { .fails(at: $0.stage) }
    }

    private static let rows: [(text: String, stage: Stage)] = [
        ("esp-tls-mbedtls: mbedtls_ssl_handshake returned", .tls),
        ("esp-tls: couldn't get hostname", .connect),
        ("esp-tls: [sock=", .connect),
        ("esp-tls: Failed to open new connection", .connect),
        ("esp_https_ota: File not found(", .http),
        ("esp_https_ota: Client error (", .http),
        ("esp_https_ota: Server error (", .http),
        ("esp_https_ota: URL redirection Failed", .http),
        ("esp_https_ota: Reached max_authorization_retries", .http),
        ("esp_https_ota: ESP HTTP client perform failed", .http),
        ("esp_https_ota: Received incorrect http status", .http),
        ("esp_https_ota: Failed to establish HTTP connection", .http),
        ("esp_https_ota: Complete headers were not received", .header),
        ("esp_https_ota: Incorrect app descriptor magic", .header),
        ("esp_https_ota: Mismatch chip id", .header),
        ("OTA image has invalid magic byte", .header),
        ("Current running version is the same", .policy),
        ("New version is the same as invalid version", .policy),
        ("New firmware security version is less", .policy),
        ("esp_https_ota: data read -1", .download),
        ("Error: SSL data read error", .download),
        ("Error: esp_ota_write failed!", .write),
        ("esp_image: Checksum failed", .verify),
        ("esp_image: Image hash failed", .verify),
        ("esp_image: Secure boot signature verification failed", .verify),
        ("ESP_ERR_OTA_VALIDATE_FAILED", .verify),
        ("esp_ota_set_boot_partition failed", .setBoot),
    ]
}
