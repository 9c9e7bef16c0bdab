import Foundation
import Testing

/// `faultserve list coverage`: the whole map, and nothing on it that somebody has forgotten.
@Suite struct CoverageListTests {
    private struct Row: Decodable {
        let name: String
        let profiles: [String]
        let obstacle: String?
    }

    /// RECORD=1 writes it anew.
    @Test func isTheKnownOne() throws {
        let printed = try run(binary, ["list", "coverage"]).output
        let file = checkout + "/Tests/EndToEndTests/Golden/coverage.txt"
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try printed.write(toFile: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == printed)
    }

    @Test func eachWayHasAProfileOrAReasonWhyNoneCan() throws {
        let printed = try run(binary, ["list", "coverage", "--json"]).output
        let rows = try JSONDecoder().decode([Row].self, from: Data(printed.utf8))
        #expect(rows.count == 245)
        for row in rows {
            #expect(row.profiles.isEmpty != (row.obstacle == nil), "\(row.name)")
        }
    }

    /// ESP-IDF's own pytest cases of OTA (v5.3), by their names there, and the profiles that do what their
    /// servers do.
    @Test(arguments: [
        ("advanced_https_ota_example", "update-chain"),
        ("advanced_https_ota_example_truncated_bin", "cut-half"),
        ("advanced_https_ota_example_truncated_header", "cut-180"),
        ("advanced_https_ota_example_random", "random-body"),
        ("advanced_https_ota_example_invalid_chip_id", "wrong-chip"),
        ("advanced_https_ota_example_chunked", "no-length"),
        ("advanced_https_ota_example_redirect_url", "redirected-thrice"),
        ("advanced_https_ota_example_anti_rollback", "anti-rollback"),
        ("advanced_https_ota_example_partial_request", "ranges-served"),
        ("advanced_https_ota_example_openssl_aligned_bin", "no-length"),
        ("advanced_https_ota_example_ota_resumption", "break-and-resume"),
        ("advanced_https_ota_example_ota_resumption_range_request_support", "resume-ignored"),
        ("advanced_https_ota_example_verify_min_chip_revision", "min-chip-revision"),
        ("advanced_https_ota_example_verify_max_chip_revision", "max-chip-revision"),
        ("native_ota_example", "update-chain"), ("native_ota_example_truncated_bin", "cut-half"),
        ("native_ota_example_truncated_header", "cut-180"),
        ("native_ota_example_random", "random-body"), ("native_ota_example_chunked", "no-length"),
        ("simple_ota_example", "none"),
        ("simple_ota_example_verify_app_signature_on_update", "signed-update"),
        ("simple_ota_example_tls1_3", "tls-1.3"), ("simple_ota_example_tls1_2_dynamic", "none"),
    ])
    func eachCaseOfESPIDFsOwnTestsHasItsProfile(name: String, profile: String) throws {
        #expect(try run(binary, ["check", profile]).status == 0, "\(name): no profile \(profile)")
    }
}
