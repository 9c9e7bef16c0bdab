extension OTAPath {
    static let download = paths(
        .download,
        [
            (
                "tcp-keepalive-dead", .network, .inferred,
                "the server is gone without a word, and only keep-alive notices"
            ),
            ("http-cl-4g", .server, .seen, "the length is beyond 4 GiB"),
            ("http-204-empty", .server, .seen, "a good status and no body"),
            ("http-1xx-interim", .server, .seen, "an interim answer comes before the real one"),
            ("http-odd-2xx-3xx", .server, .seen, "an image comes with a status that promises none"),
            (
                "http-content-encoding", .server, .seen,
                "the body is compressed, though nobody asked for it"
            ),
            ("http-captive-portal", .server, .seen, "a web page comes in place of the image"),
            (
                "hdr-too-short", [.server, .image], .seen,
                "the body ends before the image's header is whole"
            ),
            (
                "hdr-first-read-short", .server, .seen,
                "the first read gives too little to judge the image"
            ),
            ("hdr-stall", .server, .seen, "silence before the image's header is whole"),
            (
                "body-stall", .server, .seen,
                "silence in the middle of the body, the connection alive"
            ),
            ("body-slow", .server, .seen, "the body comes with long pauses, but it comes"),
            (
                "body-closenotify-no-fin", .server, .seen,
                "TLS is closed in the middle of the body, TCP is not"
            ),
            (
                "body-short-fin", .server, .seen,
                "the connection is closed before the announced length"
            ),
            (
                "body-short-aligned", .server, .seen,
                "the same, at a multiple of the device's buffer"
            ),
            ("body-rst", .server, .seen, "the connection is reset in the middle of the body"),
            ("body-tls-bad-mac", .server, .seen, "a record of the body was tampered with"),
            (
                "body-tls-record-too-big", .server, .seen,
                "a record of the body is longer than TLS allows"
            ),
            (
                "body-closed-before-complete", .server, .inferred,
                "the body ends, and the device counts too few bytes"
            ),
            ("body-long", .server, .seen, "more comes than was announced"),
            (
                "body-cl-understated", .server, .seen,
                "the announced length is shorter than the image"
            ),
            (
                "body-trunc-matching-cl", .image, .seen,
                "the file itself is cut, and its length is honest"
            ),
            (
                "body-eof-trunc", .server, .seen,
                "no length is announced, and the connection ends too early"
            ),
            (
                "body-eof-aligned", .server, .seen,
                "no length is announced, and the image ends at a multiple of the buffer"
            ),
            (
                "chunk-truncated", .server, .seen,
                "the connection is closed in the middle of the chunks"
            ),
            ("chunk-bad-size", .server, .seen, "a chunk's size is no number"),
            (
                "chunk-no-terminator", .server, .seen,
                "the last chunk never comes, and the connection stays open"
            ),
            ("chunk-ext-trailer", .server, .seen, "chunks have extensions and trailers"),
            ("range-416-mid", .server, .seen, "a later range is refused"),
            (
                "range-ignored-first", .server, .seen,
                "ranges are asked for, and the whole is served at once"
            ),
            ("range-ignored-later", .server, .seen, "a later range is answered with the whole"),
            ("range-wrong-bytes", .server, .read, "a range is answered with other bytes"),
            ("range-empty-206", .server, .seen, "a range is answered with none"),
            (
                "head-understates", .server, .seen,
                "the length's request is answered with too little"
            ),
            ("head-overstates", .server, .seen, "the length's request is answered with too much"),
            ("range-reconnect-fail", .server, .read, "the connection for a later range fails"),
            (
                "decrypt-header-fail", .image, .read,
                "the first block of an encrypted image does not decrypt"
            ),
            (
                "decrypt-body-fail", .image, .read,
                "a later block of an encrypted image does not decrypt"
            ),
            (
                "decrypt-zero-output", .server, .read,
                "a block of an encrypted image decrypts to nothing"
            ),
            ("pwr-download", .power, .seen, "the power goes during the download"),
            ("resume-start", .server, .newer("5.5"), "the download goes on where it was cut off"),
            (
                "resume-server-ignores-range", .server, .newer("5.5.5"),
                "the rest is asked for, and the whole is served"
            ),
            ("resume-416", .server, .newer("5.5"), "the rest is asked for, and there is none"),
            (
                "resume-swapped-image", .server, .newer("5.5"),
                "the image was replaced between two parts of the download"
            ),
            (
                "resume-pending-verify", .application, .newer("6.2"),
                "the download is to go on while the running app is unconfirmed"
            ),
            (
                "resume-offset-too-big", .flash, .newer("5.3.3"),
                "the saved place lies beyond the slot"
            ),
            (
                "resume-mid-sector", .server, .newer("5.5"),
                "the saved place lies within a sector of the flash"
            ),
            (
                "resume-nvs-url-mismatch", .application, .newer("5.5"),
                "the saved place belongs to another URL"
            ),
            (
                "resume-unsupported", .configuration, .newer("5.5"),
                "the device cannot go on with this kind of download"
            ),
            (
                "partial-persistent", .server, .newer("5.4.4"),
                "the connection that ranges share is closed between two of them"
            ),
        ])

    static let header = paths(
        .header,
        [
            ("img-magic", .image, .seen, "the image does not begin with its magic byte"),
            ("desc-magic", .image, .seen, "the image has no app descriptor"),
            ("chip-id-mismatch", .image, .seen, "the image is for another chip"),
            (
                "chip-rev-early", .image, .newer("5.5"),
                "newer versions refuse another chip revision at the first block"
            ),
            (
                "spi-mode-mismatch", .image, .newer("6.1"),
                "the image was built for another mode of the flash"
            ),
            (
                "seg0-too-short", .image, .newer("6.2"),
                "the first segment has no room for the app descriptor"
            ),
        ])
}
