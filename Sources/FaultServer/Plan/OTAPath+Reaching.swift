extension OTAPath {
    static let connect = paths(
        .connect,
        [
            "cfg-null-arg": "the application passes no handle or no configuration",
            "cfg-no-verification": "the build has no CA, no bundle and no leave to go without",
            "cfg-bad-url": "the URL cannot be parsed or has no host",
            "cfg-init-cb-error": "the application's own client set-up reports an error",
            "cfg-no-ota-slot": "the partition table has no slot to update",
            "cfg-oom": "too little heap for the download's buffers",
            "dns-fail": "the host's name has no address",
            "dns-first-addr-only": "the first of several addresses is dead, and no other is tried",
            "tcp-refused": "nobody listens on the port",
            "tcp-blackhole": "the connection request is never answered",
            "tcp-rst-on-accept": "the server resets the connection as soon as it stands",
            "tcp-socket-fail": "the device has no socket left, or cannot set it up",
        ])

    static let tls = paths(
        .tls,
        [
            "cfg-bad-ca-pem": "the CA file of the build cannot be parsed",
            "cfg-global-ca-missing": "the global CA store is used, and empty",
            "cfg-bundle-invalid": "the certificate bundle of the build is malformed",
            "tls-silent": "the server accepts and never says a word",
            "tls-drip": "the handshake comes so slowly that no single wait runs out",
            "tls-eof": "the server closes in the middle of the handshake",
            "tls-plain-http": "the server answers the handshake with plain HTTP",
            "tls-fatal-alert": "the server refuses the handshake with an alert",
            "tls-max-1.1": "the server speaks no version above TLS 1.1",
            "tls-min-1.3": "the server speaks TLS 1.3 only, and the device does not",
            "tls-no-common-cipher": "the server offers none of the device's cipher suites",
            "tls-client-cert-required":
                "the server wants a client certificate, and the device has none",
            "tls-server-key-p192": "the server's key lies on a curve that the device does not take",
            "tls-small-rx-record": "a record is longer than the device's receive buffer",
            "tls-misleading-verified":
                "a handshake fails before the check, and the log says it was verified",
            "tls-renegotiate": "the server asks for a renegotiation during the body",
            "tls-alloc-fail": "the handshake needs more heap than there is, as with a long chain",
            "x509-untrusted-ca": "the chain ends at a CA that the device does not know",
            "x509-lookalike-ca": "the issuer has the trusted CA's name and another key",
            "x509-self-signed": "the certificate is self-signed and not the one that is trusted",
            "x509-leaf-pinned-not-self-issued": "the device trusts a leaf that a CA has issued",
            "x509-name-mismatch": "the certificate is for another name than the URL's",
            "x509-cn-ignored-when-san": "the CN is right, but the alternative names are not",
            "x509-ip-no-match":
                "the URL has an address, and the certificate has it nowhere that counts",
            "x509-wildcard-depth": "a wildcard stands for more or less than one whole label",
            "x509-expired": "the certificate's time is over, and the device checks times",
            "x509-not-yet-valid":
                "the certificate's time has not begun, and the device checks times",
            "x509-expired-intermediate": "the time of a certificate within the chain is over",
            "x509-missing-intermediate": "the server leaves out a certificate of the chain",
            "x509-intermediate-not-ca":
                "a certificate of the chain was issued by one that is no CA",
            "x509-pathlen": "the chain is longer than one of its CAs allows",
            "x509-chain-too-deep": "the chain is longer than the device follows",
            "x509-weak-rsa": "the RSA key is shorter than the device takes",
            "x509-sha1": "the certificate is signed with SHA-1",
            "x509-wrong-eku": "the certificate is not meant for servers",
            "x509-wrong-ku": "the certificate's key is not meant for such a handshake",
            "x509-bundle-no-match": "no root of the bundle has issued the certificate",
            "x509-bundle-other-flag":
                "a root of the bundle is right, but something else of the chain is not",
        ])

    static let http = paths(
        .http,
        [
            "http-close-no-response": "the server closes instead of answering",
            "http-rst-no-response": "the server resets the connection instead of answering",
            "http-response-timeout": "the request is never answered",
            "http-header-stall": "silence in the middle of the header fields",
            "http-header-drip": "the header fields come one by one, each just in time",
            "http-header-oversize": "more header fields than the device reads",
            "http-garbage": "what comes back is no HTTP",
            "http-0.9": "the bare image comes back, with no status line",
            "http-dup-content-length": "the length is said twice",
            "http-cl-and-te": "a length is said, and chunks are announced",
            "http-cl-negative": "the length is negative or no number",
            "http-cl-overflow": "the length does not fit into 31 bits",
            "http-403-404": "the image is forbidden or not there",
            "http-4xx": "another status that blames the client",
            "http-5xx":
                "a status that blames the server, with or without advice when to come again",
            "http-304-head": "nothing has changed since the device's last update",
            "redir-no-location": "a redirect that does not say where to",
            "redir-relative-no-slash": "a redirect to a relative name",
            "redir-relative-abs-path": "a redirect to another path of the same server",
            "redir-loop-get": "a redirect of the download to itself, for ever",
            "redir-loop-head": "a redirect of the length's request to itself, for ever",
            "redir-downgrade": "a redirect from HTTPS to plain HTTP",
            "redir-unknown-scheme": "a redirect to a scheme that nobody knows",
            "redir-close-same-host": "a redirect to the same server, which then closes",
            "redir-target-tls-fail": "a redirect to a server whose certificate is not trusted",
            "redir-stale-host-header":
                "after a redirect the Host field names the wrong port, or none",
            "auth-no-challenge": "a login is asked for, but not which kind",
            "auth-unsupported": "a kind of login is asked for that the device does not have",
            "auth-wrong-credentials": "the device's login is refused each time",
            "auth-fast-fail": "newer versions give up at once on a login that they cannot do",
            "head-not-200": "the length's request is refused",
            "head-timeout": "the length's request is never answered",
            "head-no-length": "the length's request is answered without a length",
            "partial-kconfig": "newer versions download in ranges only if the build says so",
            "partial-head-fallback":
                "newer versions ask for one byte where the length's request is refused",
            "partial-length-unknown": "a range is served of a whole whose length is not said",
            "parser-error-fast-fail": "newer versions give up at once on a malformed answer",
        ])
}
