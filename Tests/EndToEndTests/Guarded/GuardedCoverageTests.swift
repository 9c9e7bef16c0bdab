import Foundation
import Testing

/// Which paths of an update a guarded one is put on: all that a server or an image can provoke.
@Suite struct GuardedCoverageTests {
    /// Paths that have a test of their own, beside the tables.
    static let apart: [String: String] = [
        "dns-fail": "aNameWithoutAnAddressIsSaidToBe",
        "tls-drip": "aHandshakeThatDripsEndsInARestartAtTheDeadline",
        "pwr-download": "aDownloadGoesOnBehindALossOfPower",
        "resume-mid-sector": "aDownloadGoesOnBehindALossOfPower",
        "resume-nvs-url-mismatch": "progressOfAnotherURLIsNotGoneOnFrom",
        "resume-pending-verify": "aVersionThatIsLostWithThePowerMayBeTriedThreeTimes",
        "begin-pending-verify": "aVersionThatIsLostWithThePowerMayBeTriedThreeTimes",
        "policy-last-invalid": "aVersionThatWasRolledBackIsRefused",
        "write-flash-error": "aFlashThatFailsIsSaidTo",
        "sig-no-trusted-keys": "aSignedBuildThatIsNotSignedItselfTrustsNothing",
    ]

    /// What no test provokes, and why.
    static let excused: [String: String] = [
        "cfg-null-arg": "the stock method's own arguments",
        "cfg-no-verification": "the build has a CA",
        "cfg-bad-url": "the console takes no such line",
        "cfg-init-cb-error": "the stock method's own callback",
        "cfg-no-ota-slot": "the board's tables have slots",
        "cfg-oom": "no heap to run out of",
        "cfg-bad-ca-pem": "the board takes no CA that cannot be read",
        "cfg-global-ca-missing": "no global CA store is used",
        "cfg-bundle-invalid": "the app has a CA, no bundle",
        "dns-first-addr-only": "takes a name with two addresses",
        "tcp-socket-fail": "takes a host without sockets",
        "tcp-keepalive-dead": "takes a network that drops packets",
        "tls-renegotiate": "Python's ssl does not ask for it, and the profile renegotiation does",
        "tls-alloc-fail": "no heap to run out of",
        "x509-leaf-pinned-not-self-issued": "the build's CA, not the server's doing",
        "x509-expired-intermediate": "as x509-expired, which the same flag tells",
        "x509-bundle-no-match": "the app has a CA, no bundle",
        "x509-bundle-other-flag": "the app has a CA, no bundle",
        "redir-loop-head": "it sends no HEAD",
        "auth-wrong-credentials": "it has no credentials",
        "head-not-200": "it sends no HEAD",
        "head-timeout": "it sends no HEAD",
        "head-no-length": "it sends no HEAD",
        "head-understates": "it sends no HEAD",
        "head-overstates": "it sends no HEAD",
        "partial-head-fallback": "it sends no HEAD",
        "partial-kconfig": "an option of the stock method",
        "partial-persistent": "each request of its has its own connection",
        "range-ignored-first": "its first request has no Range, unless after a reset",
        "body-closed-before-complete": "nobody has found what provokes it",
        "decrypt-header-fail": "it decrypts nothing",
        "decrypt-body-fail": "it decrypts nothing",
        "decrypt-zero-output": "it decrypts nothing",
        "parser-error-fast-fail": "of newer clients; here they are http-garbage and others",
        "auth-fast-fail": "of newer clients; it never answers a challenge",
        "resume-offset-too-big": "takes a slot that has shrunk",
        "resume-unsupported": "an option of the stock method",
        "begin-running-slot": "the board's tables have two slots",
        "begin-not-ota-type": "it calls no esp_ota_begin",
        "begin-invalidates-other": "it calls no esp_ota_begin",
        "write-bad-handle": "it calls no esp_ota_write",
        "write-offset-unaligned": "it calls no esp_ota_write",
        "write-no-verify": "takes a flash that does not keep what it is told",
        "already-in-progress": "the console gives one command after the other",
        "staging-final": "of newer versions: updates of what is no app",
        "end-tail-write-fail": "the board's flash is not encrypted",
        "img-partition-gt-16m": "takes a flash larger than 16 MiB",
    ]

    /// Paths by their names, with their stages, and the profiles that cover them.
    private static func paths() throws -> [(name: String, stage: String)] {
        let listed = try run(binary, ["list", "coverage", "--json"])
        let array = try JSONSerialization.jsonObject(with: Data(listed.output.utf8))
        return (array as? [[String: Any]] ?? []).map {
            ($0["name"] as? String ?? "", $0["stage"] as? String ?? "")
        }
    }

    private static let tables =
        (GuardedServerTests.connections + GuardedServerTests.answers + GuardedServerTests.bodies)
        .map { ($0.id, $0.path) } + GuardedResumeTests.breaks.map { ($0.id, $0.path) }
        + GuardedHandshakeTests.handshakes.map { ($0.id, "") }
        + GuardedHandshakeTests.certificates.map { ($0.id, "") }

    @Test func everyRowNamesAPathOnce() throws {
        let known = Set(try Self.paths().map(\.name))
        let rows = Self.tables.map { "\($0.0) \($0.1)" }
        #expect(Set(rows).count == rows.count)
        for id in Set(Self.tables.map(\.0)) { #expect(known.contains(id), "\(id)") }
    }

    @Test func everyPathUpToTheVerificationIsProvokedOrExcused() throws {
        let stages = ["connect", "tls", "http", "download", "header", "policy", "write", "verify"]
        let rows = Set(Self.tables.map(\.0))
        let images = Set(
            try GuardedImageTests.profiles.flatMap { try GuardedImageTests.Expectation($0).covers })
        for path in try Self.paths() where stages.contains(path.stage) {
            let isProvoked = [rows.union(images).contains(path.name), Self.apart[path.name] != nil]
                .contains(true)
            #expect(isProvoked != (Self.excused[path.name] != nil), "\(path.name)")
        }
    }

    @Test func everyTestApartIsThere() throws {
        let folder = (#filePath as NSString).deletingLastPathComponent
        let text = try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
        }.joined()
        for (path, test) in Self.apart { #expect(text.contains("func \(test)("), "\(path)") }
    }
}
