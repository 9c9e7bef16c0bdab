extension OTAPath {
    static let boot = paths(
        .boot,
        [
            "boot-ptable-bad": "the partition table is broken",
            "boot-otadata-small": "the place for the choice of the slot is too small",
            "boot-otadata-blank": "no slot was ever chosen",
            "boot-otadata-newer-crc-bad": "the newer of the two choices is broken",
            "boot-otadata-all-crc-bad": "both choices are broken",
            "boot-all-invalid": "both choices were rolled back",
            "boot-state-garbage": "the state of the chosen slot is none of the known ones",
            "boot-pending-to-aborted": "the app was not confirmed before this boot",
            "boot-new-to-pending": "the app boots for the first time",
            "boot-image-corrupt-fallback": "the chosen image is broken, and others are tried",
            "boot-load-addr-invalid": "a segment would be loaded where it must not be",
            "boot-none-bootable": "no image boots",
            "boot-arb-skip-slot": "the chosen image's security version is too low",
            "boot-arb-none": "every image's security version is too low",
            "boot-arb-efuse-update": "the chosen image raises the device's security version",
            "boot-multi-map": "the image has several segments to be mapped where one can be",
            "boot-skip-validate": "the bootloader is told not to check the image",
            "boot-debugger": "a debugger is attached, and the image is not checked",
            "boot-factory-reset-gpio": "the pin for the factory reset is held",
            "boot-test-app-gpio": "the pin for the test app is held",
            "boot-rtc-wdt": "the app takes too long to start",
            "first-no-fallback-reboots-self":
                "an unconfirmed app boots again, as there is no other",
            "rollback-disabled": "the build has no rollback, and the new app crashes for ever",
            "pwr-bl-new-before-erase": "the power goes before the bootloader notes the first boot",
            "pwr-bl-new-gap": "the power goes while the bootloader notes the first boot",
            "pwr-bl-aborted-gap": "the power goes while the bootloader notes the rollback",
            "pwr-otadata-zero-seq": "a stray write turns a blank choice into a valid one",
        ])

    static let selfTest = paths(
        .selfTest,
        [
            "first-selftest-fail": "the new app finds itself unfit and rolls back",
            "first-rollback-impossible":
                "the new app finds itself unfit, and there is nothing to go back to",
            "first-reset-unconfirmed": "the device resets before the new app is confirmed",
            "first-hang-no-reset": "the new app hangs, and nothing resets it",
            "pwr-first-boot": "the power goes before the new app is confirmed",
            "pwr-factory-first-ota": "the power goes before the first update of all is confirmed",
        ])

    static let confirm = paths(
        .confirm,
        [
            "mark-on-factory": "the factory app confirms itself",
            "confirm-secver-too-big": "the security version is larger than the device can hold",
            "confirm-efuse-coding":
                "the eFuses are coded in a way that anti-rollback does not take",
            "confirm-wifi-gate": "the new app confirms itself only once the network is there",
            "postroll-last-invalid": "the application asks which update was rolled back last",
            "postroll-force-boot": "the application chooses a slot that was rolled back",
            "postroll-erase-last": "the application erases what it could go back to",
            "pwr-mark-valid-before": "the power goes just before the confirmation is written",
            "pwr-mark-valid-gap": "the power goes while the confirmation is written",
            "pwr-mark-valid-after": "the power goes when the confirmation is written",
        ])
}
