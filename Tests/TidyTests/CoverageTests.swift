import FaultServer
import Foundation
import Testing

/// The ways of an update that the bytes of an image alone can provoke: each has a shipped profile.
@Suite struct CoverageTests {
    private static let imagePaths = [
        // While it downloads: header and app descriptor.
        "img-magic", "desc-magic", "chip-id-mismatch", "chip-rev-early", "spi-mode-mismatch",
        "seg0-too-short",
        // Policies of the application.
        "policy-same-version", "policy-last-invalid", "policy-secure-version",
        "policy-none-project", "policy-none-downgrade",
        // Writing to the slot.
        "begin-image-too-large", "write-past-slot",
        // Verification.
        "img-chip-id", "img-min-rev", "img-max-rev", "img-efuse-blk-rev", "img-segment-count",
        "img-segment-count-wrong", "img-seg-len", "img-seg-align", "img-mmap-fail",
        "img-len-exceeds-part", "img-wrapped", "img-checksum", "img-sha256", "img-trunc",
        "img-sector-damage", "sig-missing-or-bad", "sig-rsa-fail", "sig-v1-missing",
        "arb-desc-assert", "seg0-multi-map",
        // Choosing the slot.
        "setboot-secver-erase", "setboot-no-desc",
        // The bootloader.
        "boot-load-addr-invalid", "boot-arb-skip-slot", "boot-multi-map", "boot-rtc-wdt",
        // The first boot.
        "first-selftest-fail", "first-reset-unconfirmed", "first-hang-no-reset",
        "rollback-disabled", "confirm-secver-too-big",
    ]

    private static let profiles: String = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appending(path: "profiles").path
    }()

    @Test(arguments: imagePaths)
    func everyWayThatAnImageProvokesHasAProfile(id: String) throws {
        #expect(OTAPath[id] != nil)
        // The rule is on a line of its own: `covers: [img-magic, img-flash-magic]`.
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.profiles)
        let covering = try files.filter { file in
            let text = try String(contentsOfFile: "\(Self.profiles)/\(file)", encoding: .utf8)
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("covers:") }
            let ids = lines.joined().split {
                !"abcdefghijklmnopqrstuvwxyz0123456789.-".contains($0)
            }
            return ids.contains { $0 == id }
        }
        #expect(!covering.isEmpty, "no profile covers \(id)")
    }
}
