import FaultServer

extension KnownGap {
    /// Where ESP-IDF v5.3.2 does less than a correct device would, method by method. What is common to all
    /// methods lies below them: in verification, or in the virtual board.
    public static let stock = transfer + response + tls + image + power + field

    /// Of a slow or broken transfer.
    static let transfer = [
        KnownGap(
            "stalled", ["simple", "advanced"], .waiting,
            "esp_https_ota has no deadline: a read that times out is in progress for it"),
        KnownGap(
            "tls-closed-tcp-open", ["simple", "advanced"], .waiting,
            "esp_https_ota takes a TLS session that is closed for a slow one, while TCP stays open"),
        KnownGap(
            "flaky", ["native", "simple", "advanced"], .rejected,
            "neither ESP-IDF nor its examples try again"),
    ]

    /// Of what a response says.
    static let response =
        [
            "answer-closed", "answer-reset", "no-answer", "header-stalls", "header-oversize",
            "http-0.9", "not-http", "length-twice", "length-and-chunked", "length-negative",
            "forbidden", "not-found", "gone", "too-many-requests", "no-content", "not-modified",
            "server-error", "login-wanted", "login-by-token", "login-without-challenge",
            "login-refused", "early-answer", "retry-at-a-date",
        ].map {
            KnownGap(
                $0, ["native"], .rejected,
                "looks at no status, and takes what comes, or nothing, for the image")
        }
        + [
            "redirected", "redirected-to-other-host", "redirected-thrice", "redirect-loop",
            "redirect-without-location", "redirect-downgrade", "redirect-to-unknown-scheme",
            "redirect-then-close", "redirect-to-bad-host", "redirect-to-closed-port",
        ].map {
            KnownGap(
                $0, ["native"], .rejected, "follows no redirect, and takes its page for the image")
        } + [
            KnownGap(
                "interim-responses", KnownGap.stockMethods, .rejected,
                "esp_http_client takes an informational response for the real one"),
            KnownGap(
                "redirect-loop", ["simple", "advanced"], .waiting,
                "esp_https_ota follows redirects of the download without counting them"),
            KnownGap(
                "redirect-downgrade", ["simple", "advanced"], .updated,
                "v5.3.2 follows a redirect to plain HTTP; v5.5.5 and newer ones do not"),
            KnownGap(
                "redirect-to-unknown-scheme", ["simple", "advanced"], .updated,
                "esp_http_client goes on over the connection that it has"),
            KnownGap(
                "redirect-then-close", ["simple", "advanced"], .rejected,
                "esp_https_ota asks again on the connection that the server has closed"),
            KnownGap(
                "no-length", ["native", "simple", "advanced"], .rejected,
                "takes a whole image for a broken read if it ends at a multiple of the buffer"),
            KnownGap(
                "head-of-image-stalls", ["simple", "advanced"], .waiting,
                "esp_https_ota waits for the image's header without end"),
            KnownGap(
                "last-chunk-missing", ["simple", "advanced"], .waiting,
                "esp_https_ota has no deadline: a read that times out is in progress for it"),
            KnownGap(
                "range-empty", ["simple", "advanced"], .waiting,
                "esp_https_ota asks for the same range again and again"),
            KnownGap(
                "head-without-length", ["simple"], .rejected,
                "esp_https_ota() says ESP_OK and chooses no slot; only the app notices"),
            KnownGap(
                "head-understates", ["simple"], .rejected,
                "esp_https_ota() says ESP_OK and chooses no slot; only the app notices"),
        ]

    /// Of who answers, and how the handshake goes.
    static let tls = [
        KnownGap(
            "records-too-large", ["native"], .rejected,
            "takes a response whose fields it could not read for an empty image")
    ]

    /// Of what an image is.
    static let image = [
        KnownGap("same-version", ["simple"], .updated, "esp_https_ota() looks at no version"),
        KnownGap(
            "rolled-back-version", ["simple"], .rolledBack,
            "esp_https_ota() looks at no version, and installs it again each time", step: 2),
        KnownGap(
            "secure-version-low", ["simple"], .rejected,
            "esp_https_ota() looks at no version: the slot is written, and erased at the end"),
        KnownGap(
            "anti-rollback", ["simple"], .rejected,
            "esp_https_ota() looks at no version: the slot is written, and erased at the end",
            step: 3),
        KnownGap(
            "wrong-chip", ["native"], .rejected,
            "writes the whole image before anyone looks at its chip"),
        KnownGap(
            "empty-file", ["native"], .rejected, "notices it only when the update is to end"),
        KnownGap(
            "random-body", ["native", "simple"], .rejected,
            "writes what has no app descriptor, and verifies it in the end"),
        KnownGap(
            "blank-magic", ["simple"], .rejected, "looks at the first byte when it is written"),
        KnownGap(
            "wrong-magic", ["simple"], .rejected, "looks at the first byte when it is written"),
        KnownGap(
            "descriptor-magic", ["native", "simple"], .updated, "looks at no app descriptor"),
        KnownGap(
            "descriptor-magic-anti-rollback", ["native", "simple"], .unchanged,
            "an assertion in esp_ota_end: the running app panics"),
        KnownGap(
            "first-segment-short", KnownGap.stockMethods, .rolledBack,
            "v5.3.2 does not look at the first segment's length; newer versions do"),
        KnownGap(
            "mmu-page-size", KnownGap.stockMethods, .updated,
            "v5.3.2 does not look at the size of memory pages; newer versions do"),
        KnownGap(
            "spi-flash-mode", KnownGap.stockMethods, .updated,
            "v5.3.2 does not look at the flash's mode; newer versions do"),
    ]

    /// Of what befalls the device.
    static let power = [
        KnownGap(
            "power-first-boot", ["native", "advanced"], .rejected,
            "takes an app that lost its power in its first boot for one that failed", step: 3),
        KnownGap(
            "power-first-update", ["native", "advanced"], .rejected,
            "takes an app that lost its power in its first boot for one that failed", step: 2),
    ]

    /// Of what was reported from the field.
    static let field =
        ["download-never-returns", "hotspot-switched-off", "silent-loss"].map {
            KnownGap(
                $0, ["simple", "advanced"], .waiting,
                "esp_https_ota has no deadline: a read that times out is in progress for it")
        } + [
            KnownGap(
                "empty-success", ["native"], .rejected,
                "notices it only when the update is to end"),
            KnownGap(
                "error-status-with-image", ["native"], .updated,
                "looks at no status, and installs what comes with it"),
            KnownGap(
                "records-beyond-the-buffer", ["native"], .rejected,
                "takes a response whose fields it could not read for an empty image"),
        ]

    static let stockMethods = ["native", "simple", "advanced"]
}
