@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// What is found against a certificate, and the alert by which the server learns of it.
    @Suite(.timeLimit(.minutes(10))) struct CertificatePathTests {
        private static let names = "subjectAltName=IP:127.0.0.1"
        private static let ca = "basicConstraints=critical,CA:TRUE"
        private static let rsa = ["rsa", "rsa_keygen_bits:2048"]

        /// The server has this certificate.
        private static func path(
            _ id: String, code: String = "2700", alert: String, name: String? = nil,
            prepare: @escaping @Sendable (Bench) -> Void = { _ in },
            _ mint: @escaping @Sendable (Certificates) throws -> Certificate
        ) -> UpdatePath {
            UpdatePath(
                id: id, connections: [[]],
                end: UpdatePath.noConnection(UpdatePath.distrust(code)),
                handshake: {
                    let ciphers = ["ciphers": "DEFAULT:@SECLEVEL=0"]
                    return [.tls(try mint($0), max: "1.2", more: ciphers)]
                }, refusal: alert, commonName: name, prepare: prepare)
        }

        private static let unknown = "TLSV1_ALERT_UNKNOWN_CA"
        private static let bad = "SSLV3_ALERT_BAD_CERTIFICATE"
        private static let unsupported = "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"
        private static let other = "SSLV3_ALERT_CERTIFICATE_UNKNOWN"

        private static let chains = [
            path("x509-untrusted-ca", alert: unknown) {
                let stranger = try $0.mint("Stranger", [ca], signsItself: true)
                return try $0.mint("leaf", [names], by: stranger)
            },
            path("x509-lookalike-ca", alert: unknown) {
                let lookalike = try $0.mint("Root", [ca], signsItself: true)
                return try $0.mint("leaf", [names], by: lookalike)
            },
            path("x509-self-signed", alert: unknown) {
                try $0.mint("leaf", [names], signsItself: true)
            },
            path("x509-missing-intermediate", alert: unknown) {
                try $0.mint("leaf", [names], by: $0.mint("Middle", [ca]))
            },
            path("x509-intermediate-not-ca", alert: unknown) {
                let middle = try $0.mint("Middle", ["basicConstraints=CA:FALSE"])
                return try $0.chain($0.mint("leaf", [names], by: middle), middle)
            },
            path("x509-pathlen", alert: unknown) {
                let short = try $0.mint("Short", [ca + ",pathlen:0"])
                let below = try $0.mint("Below", [ca], by: short)
                return try $0.chain($0.mint("leaf", [names], by: below), below, short)
            },
            path("x509-chain-too-deep", code: "3000", alert: "TLSV1_ALERT_ACCESS_DENIED") {
                var chain = [try $0.mint("m0", [ca])]
                for number in 1...8 {
                    chain.insert(try $0.mint("m\(number)", [ca], by: chain[0]), at: 0)
                }
                return try $0.chain([$0.mint("leaf", [names], by: chain[0])] + chain)
            },
        ]

        @Test(
            .covers(
                "x509-untrusted-ca", "x509-lookalike-ca", "x509-self-signed",
                "x509-missing-intermediate", "x509-intermediate-not-ca", "x509-pathlen",
                "x509-chain-too-deep"), arguments: chains)
        func aChainMustEndAtTheAuthority(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.chains.map(\.id)))
            try path.check()
        }

        private static let wrongNames =
            [
                path("x509-name-mismatch", alert: bad) { try $0.mint("other") },
                path("x509-name-mismatch", alert: bad) {
                    try $0.mint("x", ["subjectAltName=DNS:other"])
                },
                path("x509-cn-ignored-when-san", alert: bad) {
                    try $0.mint("127.0.0.1", ["subjectAltName=IP:127.0.0.2"])
                },
                path("x509-ip-no-match", alert: bad) {
                    try $0.mint("x", ["subjectAltName=IP:127.0.0.2"])
                },
                path("x509-ip-no-match", alert: bad) {
                    try $0.mint("127.0.0.1", ["subjectAltName=DNS:other"])
                },
            ]
            + [
                ("*.example.test", "a.b.example.test"), ("*.example.test", "example.test"),
                ("f*.example.test", "foo.example.test"),
            ].map { pattern, name in
                path("x509-wildcard-depth", alert: bad, name: name) {
                    try $0.mint("x", ["subjectAltName=DNS:\(pattern)"])
                }
            }

        @Test(
            .covers(
                "x509-name-mismatch", "x509-cn-ignored-when-san", "x509-ip-no-match",
                "x509-wildcard-depth"), arguments: wrongNames)
        func theNameMustBeTheHosts(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.wrongNames.map(\.id)))
            try path.check()
        }

        private static let weak =
            [
                path("x509-weak-rsa", alert: unsupported) {
                    try $0.mint("x", [names], key: ["rsa", "rsa_keygen_bits:1024"])
                },
                path("x509-sha1", alert: other) {
                    try $0.mint("x", [names], key: rsa, digest: "-sha1")
                },
                path("x509-wrong-eku", code: "7A00", alert: unsupported) {
                    try $0.mint("x", [names, "extendedKeyUsage=clientAuth"], key: rsa)
                },
            ]
            // With an EC key, OpenSSL itself would not use it so.
            + ["keyEncipherment", "keyCertSign"].map { usage in
                path("x509-wrong-ku", code: "7A00", alert: unsupported) {
                    try $0.mint("x", [names, "keyUsage=\(usage)"], key: rsa)
                }
            }

        @Test(
            .covers("x509-weak-rsa", "x509-sha1", "x509-wrong-eku", "x509-wrong-ku"),
            arguments: weak)
        func keysMustBeStrongAndForServers(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.weak.map(\.id)))
            try path.check()
        }

        // MARK: Dates

        /// A board with a clock that says so.
        private static func clock(_ time: time_t) -> @Sendable (Bench) -> Void {
            { _ in
                board.have_time = true
                board.time = time
                board_start_clock()
            }
        }

        private static let in2030 = clock(1_893_456_000)
        private static let old = ("20200101000000Z", "20200201000000Z")
        private static let new = ("20400101000000Z", "20400201000000Z")

        private static let dates = [
            path("x509-expired", alert: "SSLV3_ALERT_CERTIFICATE_EXPIRED", prepare: in2030) {
                try $0.mint("x", from: old.0, to: old.1)
            },
            path("x509-not-yet-valid", alert: other, prepare: in2030) {
                try $0.mint("x", from: new.0, to: new.1)
            },
            // As on a chip whose clock was never set.
            path("x509-not-yet-valid", alert: other, prepare: clock(0)) { $0.server },
            path(
                "x509-expired-intermediate", alert: "SSLV3_ALERT_CERTIFICATE_EXPIRED",
                prepare: in2030
            ) {
                let middle = try $0.mint("Middle", from: old.0, to: old.1, [ca])
                return try $0.chain($0.mint("leaf", [names], by: middle), middle)
            },
        ]

        /// By default they do not.
        @Test(
            .covers("x509-expired", "x509-not-yet-valid", "x509-expired-intermediate"),
            arguments: dates)
        func datesCountOnABoardWithAClock(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.dates.map(\.id)))
            try path.check()
            try UpdatePath(
                id: path.id, connections: [[.request] + Step.image()], end: .updates,
                handshake: path.handshake
            ).check()
        }

        // MARK: Trust

        @Test(.covers("x509-leaf-pinned-not-self-issued"))
        func aLeafIsNoAuthorityUnlessItSignsItself() throws {
            let certificates = try Certificates.shared.get()
            let leaf = try certificates.mint("leaf", [Self.names])
            var path = Self.path("x509-leaf-pinned-not-self-issued", alert: Self.unknown) { _ in
                leaf
            }
            path.ca = leaf.pem
            try path.check()
            let own = try certificates.mint("leaf", [Self.names], signsItself: true)
            try UpdatePath(
                id: path.id, connections: [[.request] + Step.image()], end: .updates,
                handshake: { _ in [.tls(own, max: "1.2")] }, ca: own.pem
            ).check()
        }

        @Test(.covers("x509-bundle-no-match", "x509-bundle-other-flag"))
        func aBundleJudgesTheLastLinkAlone() throws {
            let certificates = try Certificates.shared.get()
            nonisolated(unsafe) let pem = strdup(certificates.ca.pem)!
            defer { free(pem) }
            let stranger = try certificates.mint("l", [Self.names], signsItself: true)
            let misnamed = try certificates.mint("x", ["subjectAltName=DNS:x"])
            let bundle = ["E esp-x509-crt-bundle: Failed to verify certificate"]
            for (id, certificate, lines, alert) in [
                (
                    "x509-bundle-no-match", stranger, bundle + UpdatePath.distrust("3000"),
                    "TLSV1_ALERT_ACCESS_DENIED"
                ), ("x509-bundle-other-flag", misnamed, UpdatePath.distrust("2700"), Self.bad),
            ] {
                try UpdatePath(
                    id: id, connections: [[]], end: UpdatePath.noConnection(lines),
                    handshake: { _ in [.tls(certificate, max: "1.2")] }, refusal: alert,
                    configure: {
                        $0.cert_pem = nil
                        $0.crt_bundle_attach = esp_crt_bundle_attach
                    }, prepare: { _ in board.ca_bundle_pem = UnsafePointer(pem) }
                ).check()
            }
        }
    }
}
