extension OTAPath {
    static let policy = paths(
        .policy,
        [
            "policy-same-version": "the version is the one that runs",
            "policy-last-invalid": "the version is one that was rolled back before",
            "policy-secure-version": "the security version is below the device's",
            "policy-none-project": "the image is of another project, and nobody minds",
            "policy-none-downgrade": "the version is older, and nobody minds",
        ])

    static let write = paths(
        .write,
        [
            "begin-pending-verify": "an update is offered while the running app is unconfirmed",
            "begin-running-slot": "the only slot is the one that runs",
            "begin-not-ota-type": "the target is no slot for an app",
            "begin-image-too-large": "the announced image is larger than the slot",
            "write-past-slot": "the image outgrows the slot while it is written",
            "write-flash-error": "the flash cannot be erased or written",
            "write-bad-handle": "the application writes to an update that is not open",
            "write-offset-unaligned":
                "the application writes at a place that encryption does not allow",
            "write-no-verify": "the flash keeps other bits than were written",
            "already-in-progress": "two updates of one slot at once",
            "begin-invalidates-other": "newer versions forget the other slot when an update begins",
            "staging-final":
                "a bootloader, partition table or data image comes by way of a staging slot",
        ])

    static let verify = paths(
        .verify,
        [
            "end-nothing-written": "the update ends with nothing written",
            "end-tail-write-fail": "the last block cannot be written",
            "img-partition-gt-16m": "the slot is larger than the verifier takes",
            "img-flash-magic": "what lies in the slot does not begin with the magic byte",
            "img-chip-id": "the image in the slot is for another chip",
            "img-min-rev": "the image needs a newer chip revision",
            "img-max-rev": "the image needs an older chip revision",
            "img-efuse-blk-rev": "the image needs another revision of the eFuse block",
            "img-segment-count": "the image claims more segments than there may be",
            "img-segment-count-wrong": "the image claims another number of segments than it has",
            "img-seg-len": "a segment's length is impossible",
            "img-seg-align": "a segment's address does not fit its place in the flash",
            "img-mmap-fail": "a segment reaches beyond the flash",
            "img-len-exceeds-part": "the image with its signature is longer than the slot",
            "img-wrapped": "the lengths of the segments overflow",
            "img-checksum": "the checksum byte is wrong",
            "img-sha256": "the appended SHA-256 is wrong",
            "img-trunc": "the end of the image is missing",
            "img-sector-damage":
                "a sector of the image is blank, swapped, doubled or of another version",
            "sig-missing-or-bad": "the signature is missing, broken or by an unknown key",
            "sig-no-trusted-keys": "the device trusts no key at all",
            "sig-rsa-fail": "the key is trusted, and the signature is wrong",
            "sig-v1-missing": "the first signature scheme is in use, and there is no signature",
            "arb-desc-assert":
                "no app descriptor on a device with anti-rollback, which then panics",
            "seg0-multi-map": "the first segment is larger than what can be mapped at once",
            "mmu-page-mismatch": "the image was built for another size of memory pages",
        ])

    static let setBoot = paths(
        .setBoot,
        [
            "setboot-reverify-fail": "the image is found broken at the second look",
            "setboot-secver-erase": "the security version is too low, and the slot is erased",
            "setboot-no-desc": "no app descriptor on a device with anti-rollback",
            "setboot-no-otadata": "the partition table has no place for the choice of the slot",
            "setboot-slot-range": "the slot's number is not one of the unbroken row",
            "setboot-flash-fail": "the choice of the slot cannot be written",
            "setboot-factory": "the factory app is chosen, and the history is erased",
            "finish-not-success": "an unfinished update reports success and chooses nothing",
            "finish-bad-state": "the application finishes an update that is not open",
            "pwr-before-otadata": "the power goes before the choice of the slot is erased",
            "pwr-otadata-erased": "the power goes when the choice is erased and not written",
            "pwr-otadata-torn": "the power goes when the choice is written in part",
            "pwr-after-otadata": "the power goes when the choice is written",
            "pwr-seq-overflow": "the choice's counter has come to its end",
            "finalize-copy-cut": "the power goes while a staged image is copied to its final place",
            "set-same-slot": "the slot that is chosen already is chosen again",
        ])
}
