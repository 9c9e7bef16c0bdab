extension OTAPath {
    static let boot = paths(
        .boot,
        [
            ("boot-ptable-bad", .flash, .read, "the partition table is broken"),
            (
                "boot-otadata-small", .configuration, .read,
                "the place for the choice of the slot is too small"
            ),
            ("boot-otadata-blank", .flash, .seen, "no slot was ever chosen"),
            (
                "boot-otadata-newer-crc-bad", [.flash, .power], .seen,
                "the newer of the two choices is broken"
            ),
            ("boot-otadata-all-crc-bad", .flash, .seen, "both choices are broken"),
            ("boot-all-invalid", .application, .seen, "both choices were rolled back"),
            (
                "boot-state-garbage", [.flash, .power], .seen,
                "the state of the chosen slot is none of the known ones"
            ),
            (
                "boot-pending-to-aborted", [.power, .application], .seen,
                "the app was not confirmed before this boot"
            ),
            ("boot-new-to-pending", .application, .seen, "the app boots for the first time"),
            (
                "boot-image-corrupt-fallback", .flash, .seen,
                "the chosen image is broken, and others are tried"
            ),
            (
                "boot-load-addr-invalid", .image, .seen,
                "a segment would be loaded where it must not be"
            ),
            ("boot-none-bootable", .flash, .seen, "no image boots"),
            (
                "boot-arb-skip-slot", [.image, .configuration], .seen,
                "the chosen image's security version is too low"
            ),
            ("boot-arb-none", .configuration, .seen, "every image's security version is too low"),
            (
                "boot-arb-efuse-update", .configuration, .seen,
                "the chosen image raises the device's security version"
            ),
            (
                "boot-multi-map", .image, .read,
                "the image has several segments to be mapped where one can be"
            ),
            (
                "boot-skip-validate", [.configuration, .flash], .read,
                "the bootloader is told not to check the image"
            ),
            (
                "boot-debugger", .configuration, .read,
                "a debugger is attached, and the image is not checked"
            ),
            (
                "boot-factory-reset-gpio", .configuration, .read,
                "the pin for the factory reset is held"
            ),
            ("boot-test-app-gpio", .configuration, .read, "the pin for the test app is held"),
            ("boot-rtc-wdt", .image, .read, "the app takes too long to start"),
            (
                "first-no-fallback-reboots-self", [.power, .image], .seen,
                "an unconfirmed app boots again, as there is no other"
            ),
            (
                "rollback-disabled", [.image, .configuration], .seen,
                "the build has no rollback, and the new app crashes for ever"
            ),
            (
                "pwr-bl-new-before-erase", .power, .seen,
                "the power goes before the bootloader notes the first boot"
            ),
            (
                "pwr-bl-new-gap", .power, .seen,
                "the power goes while the bootloader notes the first boot"
            ),
            (
                "pwr-bl-aborted-gap", .power, .seen,
                "the power goes while the bootloader notes the rollback"
            ),
            (
                "pwr-otadata-zero-seq", .power, .seen,
                "a stray write turns a blank choice into a valid one"
            ),
        ])

    static let selfTest = paths(
        .selfTest,
        [
            (
                "first-selftest-fail", [.image, .application], .seen,
                "the new app finds itself unfit and rolls back"
            ),
            (
                "first-rollback-impossible", .flash, .seen,
                "the new app finds itself unfit, and there is nothing to go back to"
            ),
            (
                "first-reset-unconfirmed", [.image, .power], .seen,
                "the device resets before the new app is confirmed"
            ),
            (
                "first-hang-no-reset", [.image, .application], .read,
                "the new app hangs, and nothing resets it"
            ),
            ("pwr-first-boot", .power, .seen, "the power goes before the new app is confirmed"),
            (
                "pwr-factory-first-ota", .power, .seen,
                "the power goes before the first update of all is confirmed"
            ),
        ])

    static let confirm = paths(
        .confirm,
        [
            ("mark-on-factory", .configuration, .seen, "the factory app confirms itself"),
            (
                "confirm-secver-too-big", [.image, .configuration], .read,
                "the security version is larger than the device can hold"
            ),
            (
                "confirm-efuse-coding", .configuration, .read,
                "the eFuses are coded in a way that anti-rollback does not take"
            ),
            (
                "confirm-wifi-gate", .network, .read,
                "the new app confirms itself only once the network is there"
            ),
            (
                "postroll-last-invalid", .application, .seen,
                "the application asks which update was rolled back last"
            ),
            (
                "postroll-force-boot", .application, .seen,
                "the application chooses a slot that was rolled back"
            ),
            (
                "postroll-erase-last", .application, .read,
                "the application erases what it could go back to"
            ),
            (
                "pwr-mark-valid-before", .power, .seen,
                "the power goes just before the confirmation is written"
            ),
            (
                "pwr-mark-valid-gap", .power, .seen,
                "the power goes while the confirmation is written"
            ),
            (
                "pwr-mark-valid-after", .power, .seen,
                "the power goes when the confirmation is written"
            ),
        ])
}
