import Testing

/// A way of the response layer in which an update goes, and what it comes to on the virtual board as on ESP-IDF v5.3.2:
/// status lines, fields and redirects; bodies and ranges; what newer versions do otherwise.
struct ResponseRow {
    let id: String
    let profile: String
    let method: String
    /// Outcome and stage.
    let outcome: String
    /// In the device's log; nil: it says nothing of its own.
    let text: String?

    init(
        _ id: String, _ profile: String, _ method: String, _ outcome: String, _ text: String? = nil
    ) {
        (self.id, self.profile, self.method) = (id, profile, method)
        (self.outcome, self.text) = (outcome, text)
    }

    /// What the ids of these ways begin with.
    static let layers = [
        "http-", "redir-", "auth-", "head-", "hdr-", "body-", "chunk-", "range-", "resume-",
        "partial-",
        "parser-error-fast-fail", "mmu-page-mismatch",
    ]

    static let all = [
        ResponseRow("http-close-no-response", "answer-closed", "simple", "rejected at http"),
        ResponseRow(
            "http-rst-no-response", "answer-reset", "simple", "rejected at http",
            "read error :-0x0050:"),
        ResponseRow(
            "http-response-timeout", "no-answer", "simple", "rejected at http",
            "Connection timed out before data was ready!"),
        ResponseRow(
            "http-header-stall", "header-stalls", "simple", "rejected at http",
            "Connection timed out before data was ready!"),
        ResponseRow("http-header-drip", "header-drips", "simple", "updated at confirm"),
        ResponseRow(
            "http-header-oversize", "header-oversize", "simple", "rejected at http",
            "Connection timed out before data was ready!"),
        ResponseRow("http-garbage", "not-http", "simple", "rejected at http"),
        ResponseRow("http-0.9", "http-0.9", "simple", "rejected at http"),
        ResponseRow(
            "http-dup-content-length", "length-twice", "simple", "rejected at http",
            "Connection timed out before data was ready!"),
        ResponseRow(
            "http-cl-and-te", "length-and-chunked", "simple", "rejected at http",
            "Connection timed out before data was ready!"),
        ResponseRow("http-cl-negative", "length-negative", "simple", "rejected at http"),
        ResponseRow("http-cl-overflow", "length-beyond-31-bits", "simple", "rejected at http"),
        ResponseRow(
            "http-cl-4g", "length-beyond-4-gib", "simple", "rejected at download",
            "data read -1, errno"),
        ResponseRow("http-403-404", "forbidden", "simple", "rejected at http", "File not found("),
        ResponseRow("http-4xx", "gone", "simple", "rejected at http", "Client error ("),
        ResponseRow(
            "http-5xx", "error-status-with-image", "simple", "rejected at http", "Server error ("),
        ResponseRow(
            "http-204-empty", "empty-success", "simple", "rejected at header",
            "Complete headers were not received"),
        ResponseRow(
            "http-304-head", "not-modified", "simple", "rejected at header",
            "Complete headers were not received"),
        ResponseRow(
            "http-1xx-interim", "interim-responses", "simple", "rejected at header",
            "Complete headers were not received"),
        ResponseRow("http-odd-2xx-3xx", "odd-status", "simple", "updated at confirm"),
        ResponseRow(
            "http-content-encoding", "compressed", "advanced", "rejected at header",
            "Incorrect app descriptor magic"),
        ResponseRow(
            "http-captive-portal", "captive-portal", "advanced", "rejected at header",
            "Incorrect app descriptor magic"),
        ResponseRow(
            "redir-no-location", "redirect-without-location", "simple", "rejected at http",
            "URL redirection Failed"),
        ResponseRow(
            "redir-relative-no-slash", "redirect-to-relative-name", "simple", "rejected at http",
            "URL redirection Failed"),
        ResponseRow("redir-relative-abs-path", "redirected", "simple", "updated at confirm"),
        ResponseRow("redir-loop-get", "redirect-loop", "simple", "waiting"),
        ResponseRow(
            "redir-loop-head", "redirect-loop-of-head", "simple", "rejected at http",
            "Error, reach max_redirection_count count="),
        ResponseRow("redir-downgrade", "redirect-downgrade", "simple", "updated at confirm"),
        ResponseRow(
            "redir-unknown-scheme", "redirect-to-unknown-scheme", "simple", "updated at confirm"),
        ResponseRow("redir-close-same-host", "redirect-then-close", "simple", "rejected at http"),
        ResponseRow("redir-target-tls-fail", "redirect-to-bad-host", "simple", "rejected at tls"),
        ResponseRow(
            "redir-stale-host-header", "redirected-to-other-host", "simple", "updated at confirm"),
        ResponseRow(
            "auth-no-challenge", "login-without-challenge", "simple", "rejected at http",
            "This request requires authentication, but does not provide"),
        ResponseRow(
            "auth-unsupported", "login-by-token", "simple", "rejected at http",
            "This authentication method is not supported:"),
        ResponseRow(
            "auth-wrong-credentials", "login-refused", "simple", "rejected at http",
            "Reached max_authorization_retries (401)"),
        ResponseRow(
            "head-not-200", "head-refused", "simple", "rejected at http",
            "Received incorrect http status"),
        ResponseRow(
            "head-timeout", "head-unanswered", "simple", "rejected at http",
            "ESP HTTP client perform failed: 28679"),
        ResponseRow(
            "head-no-length", "head-without-length", "advanced", "rejected at download",
            "Complete data was not received."),
        ResponseRow(
            "hdr-too-short", "cut-180", "simple", "rejected at header",
            "Complete headers were not received"),
        ResponseRow(
            "hdr-first-read-short", "truncate-header", "native", "rejected at header",
            "received package is not fit len"),
        ResponseRow("hdr-stall", "head-of-image-stalls", "simple", "waiting"),
        ResponseRow(
            "body-stall", "download-never-returns", "native", "rejected at download",
            "Error: SSL data read error"),
        ResponseRow("body-slow", "delay", "simple", "updated at confirm"),
        ResponseRow(
            "body-closenotify-no-fin", "tls-closed-tcp-open", "simple", "waiting"),
        ResponseRow(
            "body-short-fin", "truncate", "advanced", "rejected at download",
            "Complete data was not received."),
        ResponseRow(
            "body-short-aligned", "cut-at-buffer", "simple", "rejected at download",
            "data read -1, errno 0"),
        ResponseRow(
            "body-rst", "no-resume", "simple", "rejected at download", "read error :-0x0050:"),
        ResponseRow(
            "body-tls-bad-mac", "flip", "simple", "rejected at download", "read error :-0x7180:"),
        ResponseRow(
            "body-tls-record-too-big", "record-oversized", "simple", "rejected at download",
            "read error :-0x7100:"),
        ResponseRow("body-long", "second-response", "simple", "updated at confirm"),
        ResponseRow(
            "body-cl-understated", "length-not-checked", "simple", "rejected at verify",
            "esp_image:"),
        ResponseRow(
            "body-trunc-matching-cl", "cut-at-sector", "advanced", "rejected at verify",
            "Image validation failed, image is corrupted"),
        ResponseRow(
            "body-eof-trunc", "no-length-cut", "simple", "rejected at verify", "esp_image:"),
        ResponseRow(
            "body-eof-aligned", "no-length", "simple", "rejected at download",
            "data read -1, errno 0"),
        ResponseRow(
            "chunk-truncated", "chunks-cut", "simple", "rejected at download", "data read -1, errno"
        ),
        ResponseRow(
            "chunk-bad-size", "chunk-size-wrong", "simple", "rejected at download",
            "data read -1, errno"),
        ResponseRow("chunk-no-terminator", "last-chunk-missing", "simple", "waiting"),
        ResponseRow("chunk-ext-trailer", "chunks", "simple", "updated at confirm"),
        ResponseRow(
            "range-416-mid", "range-refused", "simple", "rejected at http", "Client error (416)"),
        ResponseRow("range-ignored-first", "ranges-ignored", "simple", "updated at confirm"),
        ResponseRow(
            "range-ignored-later", "range-ignored-later", "simple", "rejected at verify",
            "esp_image"),
        ResponseRow(
            "range-wrong-bytes", "range-shifted", "simple", "rejected at verify", "esp_image"),
        ResponseRow("range-empty-206", "range-empty", "simple", "waiting"),
        ResponseRow("head-understates", "head-understates", "simple", "rejected at set-boot"),
        ResponseRow(
            "head-overstates", "head-overstates", "simple", "rejected at http", "Client error (416)"
        ),
        ResponseRow(
            "range-reconnect-fail", "range-connection-lost", "simple", "rejected at http",
            "Failed to establish HTTP connection"),
        ResponseRow("resume-start", "break-and-resume", "guarded", "updated at confirm"),
        ResponseRow(
            "resume-server-ignores-range", "resume-at-old-offset", "guarded", "updated at confirm"),
        ResponseRow("resume-416", "resume-refused", "guarded", "updated at confirm"),
        ResponseRow("resume-swapped-image", "swapped-while-off", "guarded", "updated at confirm"),
        ResponseRow(
            "resume-mid-sector", "resume-from-wrong-place", "guarded", "updated at confirm"),
        ResponseRow("partial-head-fallback", "head-refused", "simple", "rejected at http"),
        ResponseRow(
            "partial-length-unknown", "range-of-unknown-length", "simple", "updated at confirm"),
        ResponseRow("partial-persistent", "range-connection-lost", "simple", "rejected at http"),
        ResponseRow("parser-error-fast-fail", "chunk-size-wrong", "simple", "rejected at download"),
        ResponseRow("auth-fast-fail", "login-wanted", "simple", "rejected at http"),
        ResponseRow("mmu-page-mismatch", "mmu-page-size", "simple", "updated at confirm"),
    ]
}
