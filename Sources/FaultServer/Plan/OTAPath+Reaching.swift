extension OTAPath {
    static let connect = paths(
        .connect,
        [
            (
                "cfg-null-arg", .application, .read,
                "the application passes no handle or no configuration"
            ),
            (
                "cfg-no-verification", .configuration, .read,
                "the build has no CA, no bundle and no leave to go without"
            ),
            ("cfg-bad-url", .application, .read, "the URL cannot be parsed or has no host"),
            (
                "cfg-init-cb-error", .application, .read,
                "the application's own client set-up reports an error"
            ),
            ("cfg-no-ota-slot", .configuration, .read, "the partition table has no slot to update"),
            ("cfg-oom", .configuration, .read, "too little heap for the download's buffers"),
            ("dns-fail", .network, .seen, "the host's name has no address"),
            (
                "dns-first-addr-only", .network, .read,
                "the first of several addresses is dead, and no other is tried"
            ),
            ("tcp-refused", .network, .seen, "nobody listens on the port"),
            ("tcp-blackhole", .network, .read, "the connection request is never answered"),
            (
                "tcp-rst-on-accept", .server, .seen,
                "the server resets the connection as soon as it stands"
            ),
            (
                "tcp-socket-fail", .configuration, .read,
                "the device has no socket left, or cannot set it up"
            ),
        ])

    static let tls = paths(
        .tls,
        [
            ("cfg-bad-ca-pem", .configuration, .seen, "the CA file of the build cannot be parsed"),
            (
                "cfg-global-ca-missing", .application, .read,
                "the global CA store is used, and empty"
            ),
            (
                "cfg-bundle-invalid", .configuration, .read,
                "the certificate bundle of the build is malformed"
            ),
            ("tls-silent", .server, .seen, "the server accepts and never says a word"),
            (
                "tls-drip", .server, .seen,
                "the handshake comes so slowly that no single wait runs out"
            ),
            ("tls-eof", .server, .seen, "the server closes in the middle of the handshake"),
            ("tls-plain-http", .server, .seen, "the server answers the handshake with plain HTTP"),
            ("tls-fatal-alert", .server, .seen, "the server refuses the handshake with an alert"),
            ("tls-max-1.1", .server, .seen, "the server speaks no version above TLS 1.1"),
            (
                "tls-min-1.3", .server, .seen,
                "the server speaks TLS 1.3 only, and the device does not"
            ),
            (
                "tls-no-common-cipher", .server, .seen,
                "the server offers none of the device's cipher suites"
            ),
            (
                "tls-client-cert-required", .server, .seen,
                "the server wants a client certificate, and the device has none"
            ),
            (
                "tls-server-key-p192", .server, .seen,
                "the server's key lies on a curve that the device does not take"
            ),
            (
                "tls-small-rx-record", [.server, .configuration], .seen,
                "a record is longer than the device's receive buffer"
            ),
            (
                "tls-misleading-verified", .server, .seen,
                "a handshake fails before the check, and the log says it was verified"
            ),
            (
                "tls-renegotiate", .server, .inferred,
                "the server asks for a renegotiation during the body"
            ),
            (
                "tls-alloc-fail", [.server, .configuration], .read,
                "the handshake needs more heap than there is, as with a long chain"
            ),
            (
                "x509-untrusted-ca", .server, .seen,
                "the chain ends at a CA that the device does not know"
            ),
            (
                "x509-lookalike-ca", .server, .seen,
                "the issuer has the trusted CA's name and another key"
            ),
            (
                "x509-self-signed", .server, .seen,
                "the certificate is self-signed and not the one that is trusted"
            ),
            (
                "x509-leaf-pinned-not-self-issued", .configuration, .seen,
                "the device trusts a leaf that a CA has issued"
            ),
            (
                "x509-name-mismatch", .server, .seen,
                "the certificate is for another name than the URL's"
            ),
            (
                "x509-cn-ignored-when-san", .server, .seen,
                "the CN is right, but the alternative names are not"
            ),
            (
                "x509-ip-no-match", .server, .seen,
                "the URL has an address, and the certificate has it nowhere that counts"
            ),
            (
                "x509-wildcard-depth", .server, .seen,
                "a wildcard stands for more or less than one whole label"
            ),
            (
                "x509-expired", [.server, .configuration], .seen,
                "the certificate's time is over, and the device checks times"
            ),
            (
                "x509-not-yet-valid", [.server, .configuration], .seen,
                "the certificate's time has not begun, and the device checks times"
            ),
            (
                "x509-expired-intermediate", [.server, .configuration], .seen,
                "the time of a certificate within the chain is over"
            ),
            (
                "x509-missing-intermediate", .server, .seen,
                "the server leaves out a certificate of the chain"
            ),
            (
                "x509-intermediate-not-ca", .server, .seen,
                "a certificate of the chain was issued by one that is no CA"
            ),
            ("x509-pathlen", .server, .seen, "the chain is longer than one of its CAs allows"),
            ("x509-chain-too-deep", .server, .seen, "the chain is longer than the device follows"),
            ("x509-weak-rsa", .server, .seen, "the RSA key is shorter than the device takes"),
            ("x509-sha1", .server, .seen, "the certificate is signed with SHA-1"),
            ("x509-wrong-eku", .server, .seen, "the certificate is not meant for servers"),
            (
                "x509-wrong-ku", .server, .seen,
                "the certificate's key is not meant for such a handshake"
            ),
            (
                "x509-bundle-no-match", .server, .read,
                "no root of the bundle has issued the certificate"
            ),
            (
                "x509-bundle-other-flag", .server, .read,
                "a root of the bundle is right, but something else of the chain is not"
            ),
        ])

    static let http = paths(
        .http,
        [
            ("http-close-no-response", .server, .seen, "the server closes instead of answering"),
            (
                "http-rst-no-response", .server, .seen,
                "the server resets the connection instead of answering"
            ),
            ("http-response-timeout", .server, .seen, "the request is never answered"),
            ("http-header-stall", .server, .seen, "silence in the middle of the header fields"),
            (
                "http-header-drip", .server, .seen,
                "the header fields come one by one, each just in time"
            ),
            ("http-header-oversize", .server, .seen, "more header fields than the device reads"),
            ("http-garbage", .server, .seen, "what comes back is no HTTP"),
            ("http-0.9", .server, .seen, "the bare image comes back, with no status line"),
            ("http-dup-content-length", .server, .seen, "the length is said twice"),
            ("http-cl-and-te", .server, .seen, "a length is said, and chunks are announced"),
            ("http-cl-negative", .server, .seen, "the length is negative or no number"),
            ("http-cl-overflow", .server, .seen, "the length does not fit into 31 bits"),
            ("http-403-404", .server, .seen, "the image is forbidden or not there"),
            ("http-4xx", .server, .seen, "another status that blames the client"),
            (
                "http-5xx", .server, .seen,
                "a status that blames the server, with or without advice when to come again"
            ),
            (
                "http-304-head", .server, .newer("5.5"),
                "nothing has changed since the device's last update"
            ),
            ("redir-no-location", .server, .seen, "a redirect that does not say where to"),
            ("redir-relative-no-slash", .server, .seen, "a redirect to a relative name"),
            (
                "redir-relative-abs-path", .server, .seen,
                "a redirect to another path of the same server"
            ),
            ("redir-loop-get", .server, .seen, "a redirect of the download to itself, for ever"),
            (
                "redir-loop-head", .server, .seen,
                "a redirect of the length's request to itself, for ever"
            ),
            ("redir-downgrade", .server, .seen, "a redirect from HTTPS to plain HTTP"),
            ("redir-unknown-scheme", .server, .seen, "a redirect to a scheme that nobody knows"),
            (
                "redir-close-same-host", .server, .seen,
                "a redirect to the same server, which then closes"
            ),
            (
                "redir-target-tls-fail", .server, .seen,
                "a redirect to a server whose certificate is not trusted"
            ),
            (
                "redir-stale-host-header", .server, .seen,
                "after a redirect the Host field names the wrong port, or none"
            ),
            ("auth-no-challenge", .server, .seen, "a login is asked for, but not which kind"),
            (
                "auth-unsupported", .server, .seen,
                "a kind of login is asked for that the device does not have"
            ),
            ("auth-wrong-credentials", .server, .seen, "the device's login is refused each time"),
            (
                "auth-fast-fail", .server, .newer("6.2"),
                "newer versions give up at once on a login that they cannot do"
            ),
            ("head-not-200", .server, .seen, "the length's request is refused"),
            ("head-timeout", .server, .seen, "the length's request is never answered"),
            ("head-no-length", .server, .seen, "the length's request is answered without a length"),
            (
                "partial-kconfig", .configuration, .newer("6.0"),
                "newer versions download in ranges only if the build says so"
            ),
            (
                "partial-head-fallback", .server, .newer("6.2"),
                "newer versions ask for one byte where the length's request is refused"
            ),
            (
                "partial-length-unknown", .server, .newer("6.0"),
                "a range is served of a whole whose length is not said"
            ),
            (
                "parser-error-fast-fail", .server, .newer("6.2"),
                "newer versions give up at once on a malformed answer"
            ),
        ])
}
