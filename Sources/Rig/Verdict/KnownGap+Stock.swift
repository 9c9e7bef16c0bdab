import FaultServer

extension KnownGap {
    /// Where ESP-IDF v5.3.2 does less than a correct device would, method by method. What is common to all
    /// methods lies below them: in verification, or in the virtual board.
    public static let stock = transfer + response + tls + image + power

    /// Of a slow or broken transfer.
    static let transfer = [
        KnownGap(
            "stalled", ["simple", "advanced"], .waiting,
            "esp_https_ota has no deadline: a read that times out is in progress for it"),
        KnownGap(
            "flaky", ["native", "simple", "advanced"], .rejected,
            "neither ESP-IDF nor its examples try again"),
    ]

    /// Of what a response says.
    static let response = [
        KnownGap(
            "server-error", ["native"], .rejected,
            "looks at no status, and takes the error page for the image")
    ]

    /// Of who answers, and how the handshake goes.
    static let tls: [KnownGap] = []

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

    static let stockMethods = ["native", "simple", "advanced"]
}
