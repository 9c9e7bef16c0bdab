@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// Redirects and challenges, after which the client asks again.
    @Suite(.timeLimit(.minutes(10))) struct RedirectPathTests {
        private static func answers(
            _ id: String, _ steps: Step..., end: UpdatePath.End
        ) -> UpdatePath {
            UpdatePath(id: id, connections: [[.request] + steps], end: end)
        }

        // MARK: Redirects

        private static let notRedirected = "E esp_https_ota: URL redirection Failed"

        private static func redirects(
            _ id: String, to location: String, _ steps: [Step], end: UpdatePath.End,
            requests: [String]
        ) -> UpdatePath {
            UpdatePath(
                id: id,
                connections: [[.request, .response(302, ["Location: \(location)"])] + steps],
                end: end, requests: requests)
        }

        private static let loop = Array(
            repeating: [Step.request, .response(302, ["Location: /"], body: "and again")],
            count: 200
        ).flatMap { $0 }

        private static let redirections = [
            answers(
                "redir-no-location", .response(302), .hold,
                end: UpdatePath.noBegin(ESP_ERR_INVALID_ARG, notRedirected)),
            redirects(
                "redir-relative-no-slash", to: "ok", [.hold],
                end: UpdatePath.noBegin(
                    ESP_ERR_INVALID_ARG, "E HTTP_CLIENT: Error parse url ok", notRedirected),
                requests: ["GET /"]),
            redirects(
                "redir-relative-abs-path", to: "/ok", [.request] + Step.image(), end: .updates,
                requests: ["GET /", "GET /ok"]),
            redirects(
                "redir-unknown-scheme", to: "ftp://127.0.0.1/ok", [.request] + Step.image(),
                end: .updates, requests: ["GET /", "GET /ok"]),
            // It goes on as long as the server does: here to the 200th time.
            UpdatePath(
                id: "redir-loop-get", connections: [loop + [.request] + Step.image()],
                end: .updates, requests: Array(repeating: "GET /", count: 201)),
            UpdatePath(
                id: "redir-loop-head",
                connections: [
                    Array(
                        repeating: [Step.request, .response(302, ["Location: /"])], count: 11
                    ).flatMap { $0 }
                ],
                end: .fails(
                    .begin, ESP_ERR_HTTP_BASE + 1,
                    [
                        "E HTTP_CLIENT: Error, reach max_redirection_count count=10",
                        "E esp_https_ota: ESP HTTP client perform failed: 28673",
                    ]), partial: 8192, requests: Array(repeating: "HEAD /", count: 11)),
            // The request goes into the connection that the server has closed.
            answers(
                "redir-close-same-host",
                .response(302, ["Location: /there", "Connection: close"], body: "x"), .fin,
                end: UpdatePath.noBegin(ESP_FAIL)),
            answers(
                "redir-close-same-host", .head("HTTP/1.1 302 Found", "Location: /there"), .fin,
                end: UpdatePath.noBegin(ESP_FAIL)),
        ]

        @Test(
            .covers(
                "redir-no-location", "redir-relative-no-slash", "redir-relative-abs-path",
                "redir-unknown-scheme", "redir-loop-get", "redir-loop-head",
                "redir-close-same-host"), arguments: redirections)
        func redirectsAreFollowed(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.redirections.map(\.id)))
            try path.check()
        }

        /// A server that redirects both updates to another one, over TLS.
        private func redirected(
            to location: String, _ end: UpdatePath.End, id: String
        ) throws {
            try UpdatePath(
                id: id,
                connections: [[.request, .response(302, ["Location: \(location)"]), .hold]],
                end: end
            ).check()
        }

        @Test(.covers("redir-downgrade")) func aRedirectToPlainHTTPIsFollowedInTheClear() throws {
            let plain = try OddServer(
                Array(repeating: [.request] + Step.image(), count: 2))
            try self.redirected(
                to: "http://127.0.0.1:\(plain.port)/plain", .updates, id: "redir-downgrade")
            #expect(try plain.requestLines() == ["GET /plain", "GET /plain"])
        }

        @Test(.covers("redir-target-tls-fail")) func theTargetOfARedirectIsVerifiedToo() throws {
            let certificates = try Certificates.shared.get()
            let id = "redir-target-tls-fail"
            let foreign = try certificates.mint(
                "x", ["subjectAltName=IP:127.0.0.1"], signsItself: true)
            let bad = try OddServer(Array(repeating: [.tls(foreign, max: "1.2")], count: 2))
            try self.redirected(
                to: "https://127.0.0.1:\(bad.port)/",
                UpdatePath.noConnection(UpdatePath.distrust("2700")), id: id)
            #expect(try bad.refusals() == Array(repeating: "TLSV1_ALERT_UNKNOWN_CA", count: 2))
            let closed = try OddServer([])
            _ = try closed.seen()
            try self.redirected(
                to: "https://127.0.0.1:\(closed.port)/",
                UpdatePath.noConnection(["E esp-tls: [sock="] + UpdatePath.notConnected),
                id: id)
        }

        @Test(.covers("redir-stale-host-header")) func theHostFieldIsThatOfTheFirstServer() throws {
            let certificates = try Certificates.shared.get()
            for (host, isSame) in [("127.0.0.1", true), ("localhost", false)] {
                let once: [Step] = [.tls(certificates.server, max: "1.2"), .request] + Step.image()
                let second = try OddServer([once])
                let first = try OddServer([
                    [
                        .tls(certificates.server, max: "1.2"), .request,
                        .response(302, ["Location: https://\(host):\(second.port)/"]), .hold,
                    ]
                ])
                let it = try Update.run(
                    from: "https://127.0.0.1:\(first.port)/", ca: certificates.ca.pem,
                    timeout: 5000
                ) { esp_https_ota(&$0) }
                #expect(it.error == ESP_OK && it.boots == Fixture.slots[0], "\(it.log)")
                let value = isSame ? "127.0.0.1:\(first.port)" : "localhost"
                let request = try #require(try second.requests().first)
                #expect(request.contains("\r\nHost: \(value)\r\n"), "\(request)")
            }
        }

        // MARK: Challenges

        private static func challenged(
            _ id: String, _ challenge: String?, _ line: String?, times: Int = 11,
            _ configure: @escaping @Sendable (inout esp_http_client_config_t) -> Void = { _ in },
            _ prepare: @escaping @Sendable (Bench) -> Void = { _ in }
        ) -> UpdatePath {
            let fields = challenge.map { ["WWW-Authenticate: \($0)"] } ?? []
            let steps = [Step.request, .response(401, fields, body: "no")]
            let lines = Array(repeating: line.map { [$0] } ?? [], count: times - 1)
            return UpdatePath(
                id: id, connections: [Array(repeating: steps, count: times).flatMap { $0 }],
                end: .fails(
                    .begin, ESP_FAIL,
                    lines.flatMap { $0 } + [
                        "E esp_https_ota: Reached max_authorization_retries (401)",
                        UpdatePath.beginTail,
                    ]), requests: Array(repeating: "GET /", count: times), configure: configure,
                prepare: prepare)
        }

        private static let unsupported =
            "E HTTP_CLIENT: This authentication method is not supported: "
        private static let noChallenge =
            "W HTTP_CLIENT: This request requires authentication, but does not provide"

        private static let challenges = [
            challenged("auth-no-challenge", nil, noChallenge),
            challenged("auth-no-challenge", nil, nil, times: 1) {
                $0.max_authorization_retries = -1
            },
            challenged("auth-no-challenge", nil, noChallenge, times: 3) {
                $0.max_authorization_retries = 2
            },
            challenged("auth-unsupported", "Basic realm=\"x\"", unsupported + "Basic realm=\"x\""),
            challenged("auth-unsupported", "Bearer", unsupported + "Bearer"),
        ]

        @Test(.covers("auth-no-challenge", "auth-unsupported"), arguments: challenges)
        func noChallengeIsAnsweredButTheRequestIsSentAgain(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.challenges.map(\.id)))
            try path.check()
        }

        @Test(.covers("auth-wrong-credentials")) func credentialsThatAreWrongAreSentTenTimes()
            throws
        {
            let certificates = try Certificates.shared.get()
            let steps = [Step.request, .response(401, ["WWW-Authenticate: Basic realm=\"x\""])]
            let server = try OddServer([
                [.tls(certificates.server, max: "1.2")]
                    + Array(repeating: steps, count: 11).flatMap { $0 }
            ])
            let it = try Update.run(
                from: "https://user:wrong@127.0.0.1:\(server.port)/", ca: certificates.ca.pem,
                timeout: 5000, prepare: { _ in board.basic_auth = true }
            ) { config in
                let (stage, error) = Update.stepByStep(&config)
                #expect(stage == .begin)
                return error
            }
            #expect(it.error == ESP_FAIL && it.boots == Fixture.factory && it.isOtadataBlank)
            #expect(
                it.notableLog == [
                    "E esp_https_ota: Reached max_authorization_retries (401)",
                    UpdatePath.beginTail,
                ])
            let sent = try server.requests().map {
                $0.contains("\r\nAuthorization: Basic dXNlcjp3cm9uZw==")
            }
            #expect(sent == [false] + Array(repeating: true, count: 10))
        }
    }
}
