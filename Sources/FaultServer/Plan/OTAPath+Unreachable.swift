extension OTAPath {
    /// Why no profile can provoke it; nil where one can.
    public var obstacle: String? { Self.obstacles[self.id] }

    private static let obstacles: [String: String] = {
        let reasons: [(reason: String, ids: [String])] = [
            (
                "takes an error in the application",
                [
                    "cfg-null-arg", "cfg-bad-url", "cfg-init-cb-error", "cfg-global-ca-missing",
                    "begin-not-ota-type", "write-bad-handle", "write-offset-unaligned",
                    "finish-bad-state", "already-in-progress", "resume-unsupported",
                ]
            ),
            (
                "takes an application that does so by itself",
                [
                    "setboot-factory", "mark-on-factory", "postroll-force-boot",
                    "postroll-erase-last", "resume-pending-verify", "resume-nvs-url-mismatch",
                    "confirm-wifi-gate",
                ]
            ),
            (
                "takes a choice in menuconfig that no device of the rig has",
                [
                    "cfg-no-verification", "cfg-bundle-invalid", "partial-kconfig",
                    "boot-skip-validate", "sig-no-trusted-keys",
                ]
            ),
            (
                "takes a broken CA file in the device",
                ["cfg-bad-ca-pem"]
            ),
            (
                "takes another partition table than the examples'",
                [
                    "cfg-no-ota-slot", "begin-running-slot", "img-partition-gt-16m",
                    "setboot-no-otadata", "setboot-slot-range", "boot-otadata-small",
                ]
            ),
            (
                "takes a device that is short of memory or sockets",
                ["cfg-oom", "tcp-socket-fail", "tls-alloc-fail"]
            ),
            (
                "takes the network: names, routes or lost packets",
                ["dns-fail", "dns-first-addr-only", "tcp-blackhole", "tcp-keepalive-dead"]
            ),
            (
                "takes a chip: pins, eFuses, a debugger or flash encryption",
                [
                    "boot-debugger", "boot-factory-reset-gpio", "boot-test-app-gpio",
                    "confirm-efuse-coding", "end-tail-write-fail",
                ]
            ),
            (
                "takes a flash that keeps other bits than were written, while the device runs",
                ["write-no-verify", "setboot-reverify-fail"]
            ),
            (
                "takes a build that decrypts images (esp_encrypted_img), which is no part of ESP-IDF",
                ["decrypt-header-fail", "decrypt-body-fail", "decrypt-zero-output"]
            ),
            (
                "is a change of newer versions that nothing from outside provokes in v5.3.2",
                [
                    "begin-invalidates-other", "staging-final", "finalize-copy-cut",
                    "set-same-slot", "resume-offset-too-big",
                ]
            ),
            ("has no input in v5.3.2 that leads to it", ["body-closed-before-complete"]),
        ]
        return Dictionary(
            uniqueKeysWithValues: reasons.flatMap { row in row.ids.map { ($0, row.reason) } })
    }()
}
