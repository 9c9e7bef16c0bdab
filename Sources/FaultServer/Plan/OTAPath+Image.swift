extension OTAPath {
    static let policy = paths(
        .policy,
        [
            ("policy-same-version", .image, .read, "the version is the one that runs"),
            (
                "policy-last-invalid", .image, .read,
                "the version is one that was rolled back before"
            ),
            (
                "policy-secure-version", [.image, .configuration], .read,
                "the security version is below the device's"
            ),
            (
                "policy-none-project", .image, .seen,
                "the image is of another project, and nobody minds"
            ),
            ("policy-none-downgrade", .image, .seen, "the version is older, and nobody minds"),
        ])

    static let write = paths(
        .write,
        [
            (
                "begin-pending-verify", [.application, .configuration], .seen,
                "an update is offered while the running app is unconfirmed"
            ),
            ("begin-running-slot", .configuration, .read, "the only slot is the one that runs"),
            ("begin-not-ota-type", .application, .read, "the target is no slot for an app"),
            (
                "begin-image-too-large", [.server, .image], .seen,
                "the announced image is larger than the slot"
            ),
            (
                "write-past-slot", [.server, .image], .seen,
                "the image outgrows the slot while it is written"
            ),
            ("write-flash-error", .flash, .read, "the flash cannot be erased or written"),
            (
                "write-bad-handle", .application, .read,
                "the application writes to an update that is not open"
            ),
            (
                "write-offset-unaligned", .application, .read,
                "the application writes at a place that encryption does not allow"
            ),
            ("write-no-verify", .flash, .read, "the flash keeps other bits than were written"),
            ("already-in-progress", .application, .newer("6.2"), "two updates of one slot at once"),
            (
                "begin-invalidates-other", .application, .newer("5.5"),
                "newer versions forget the other slot when an update begins"
            ),
            (
                "staging-final", .image, .newer("5.5"),
                "a bootloader, partition table or data image comes by way of a staging slot"
            ),
        ])

    static let verify = paths(
        .verify,
        [
            ("end-nothing-written", .server, .seen, "the update ends with nothing written"),
            ("end-tail-write-fail", .flash, .read, "the last block cannot be written"),
            (
                "img-partition-gt-16m", .configuration, .read,
                "the slot is larger than the verifier takes"
            ),
            (
                "img-flash-magic", .flash, .read,
                "what lies in the slot does not begin with the magic byte"
            ),
            ("img-chip-id", .image, .read, "the image in the slot is for another chip"),
            ("img-min-rev", .image, .seen, "the image needs a newer chip revision"),
            ("img-max-rev", .image, .seen, "the image needs an older chip revision"),
            (
                "img-efuse-blk-rev", .image, .read,
                "the image needs another revision of the eFuse block"
            ),
            (
                "img-segment-count", .image, .seen,
                "the image claims more segments than there may be"
            ),
            (
                "img-segment-count-wrong", .image, .seen,
                "the image claims another number of segments than it has"
            ),
            ("img-seg-len", .image, .seen, "a segment's length is impossible"),
            (
                "img-seg-align", .image, .seen,
                "a segment's address does not fit its place in the flash"
            ),
            ("img-mmap-fail", .image, .seen, "a segment reaches beyond the flash"),
            (
                "img-len-exceeds-part", .image, .read,
                "the image with its signature is longer than the slot"
            ),
            ("img-wrapped", .image, .read, "the lengths of the segments overflow"),
            ("img-checksum", .image, .seen, "the checksum byte is wrong"),
            ("img-sha256", .image, .seen, "the appended SHA-256 is wrong"),
            ("img-trunc", .image, .seen, "the end of the image is missing"),
            (
                "img-sector-damage", .image, .seen,
                "a sector of the image is blank, swapped, doubled or of another version"
            ),
            (
                "sig-missing-or-bad", [.image, .configuration], .read,
                "the signature is missing, broken or by an unknown key"
            ),
            ("sig-no-trusted-keys", .configuration, .read, "the device trusts no key at all"),
            ("sig-rsa-fail", .image, .read, "the key is trusted, and the signature is wrong"),
            (
                "sig-v1-missing", [.image, .configuration], .read,
                "the first signature scheme is in use, and there is no signature"
            ),
            (
                "arb-desc-assert", [.image, .configuration], .seen,
                "no app descriptor on a device with anti-rollback, which then panics"
            ),
            (
                "seg0-multi-map", .image, .read,
                "the first segment is larger than what can be mapped at once"
            ),
            (
                "mmu-page-mismatch", .image, .newer("5.4.1"),
                "the image was built for another size of memory pages"
            ),
        ])

    static let setBoot = paths(
        .setBoot,
        [
            (
                "setboot-reverify-fail", .flash, .read,
                "the image is found broken at the second look"
            ),
            (
                "setboot-secver-erase", [.image, .configuration], .seen,
                "the security version is too low, and the slot is erased"
            ),
            (
                "setboot-no-desc", [.image, .configuration], .read,
                "no app descriptor on a device with anti-rollback"
            ),
            (
                "setboot-no-otadata", .configuration, .read,
                "the partition table has no place for the choice of the slot"
            ),
            (
                "setboot-slot-range", .configuration, .read,
                "the slot's number is not one of the unbroken row"
            ),
            ("setboot-flash-fail", .flash, .read, "the choice of the slot cannot be written"),
            (
                "setboot-factory", .application, .read,
                "the factory app is chosen, and the history is erased"
            ),
            (
                "finish-not-success", [.server, .application], .seen,
                "an unfinished update reports success and chooses nothing"
            ),
            (
                "finish-bad-state", .application, .read,
                "the application finishes an update that is not open"
            ),
            (
                "pwr-before-otadata", .power, .seen,
                "the power goes before the choice of the slot is erased"
            ),
            (
                "pwr-otadata-erased", .power, .seen,
                "the power goes when the choice is erased and not written"
            ),
            (
                "pwr-otadata-torn", .power, .seen,
                "the power goes when the choice is written in part"
            ),
            ("pwr-after-otadata", .power, .seen, "the power goes when the choice is written"),
            ("pwr-seq-overflow", .power, .read, "the choice's counter has come to its end"),
            (
                "finalize-copy-cut", .power, .newer("5.5"),
                "the power goes while a staged image is copied to its final place"
            ),
            (
                "set-same-slot", .power, .newer("6.0"),
                "the slot that is chosen already is chosen again"
            ),
        ])
}
