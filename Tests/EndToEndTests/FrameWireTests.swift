import Foundation
import Testing

/// Answers over HTTP/2 that are wrong, frame for frame as they leave.
///
/// Golden/frames has what a socket got of each profile of HTTP/2, with its end; RECORD=1 writes it anew.
@Suite struct FrameWireTests {
    /// What is wrong with these is ALPN, which needs TLS.
    private static let withTLS: Set = ["h2-server-speaks-http1", "h2-spoken-unasked"]

    private static func frames(_ profile: String?, from folder: Folder) throws -> String {
        let faulty = profile.map { ["--profile", $0] } ?? ["--http2"]
        let server = try Faultserve(["--plain", "--root", folder.path] + faulty)
        let done = try run(
            checkout + "/.build-tools/http/bin/python",
            [
                checkout + "/Tests/EndToEndTests/Fixtures/http2_frames.py", "\(server.port)",
                "/f.bin", "2",
            ], within: 30)
        #expect(done.status == 0, "\(profile ?? "honest"): \(done.errors)")
        return done.output
    }

    @Test(.timeLimit(.minutes(3))) func eachLeavesAsItIsMeant() throws {
        let folder = try Folder()
        try folder.write(Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }), to: "f.bin")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
            ofItemAtPath: folder.file("f.bin"))
        let isRecording = ProcessInfo.processInfo.environment["RECORD"] != nil
        let golden = checkout + "/Tests/EndToEndTests/Golden/frames"
        let profiles = try shippedProfiles(http2: true).filter { !Self.withTLS.contains($0) }
        #expect(profiles.count >= 30)
        let all: [String?] = [nil] + profiles
        let found = try concurrently(all, width: 8) { try Self.frames($0, from: folder) }
        if isRecording {
            try FileManager.default.createDirectory(
                atPath: golden, withIntermediateDirectories: true)
        }
        for (profile, text) in zip(all, found) {
            let file = "\(golden)/\(profile ?? "honest").txt"
            if isRecording { try text.write(toFile: file, atomically: true, encoding: .utf8) }
            #expect(
                try String(contentsOfFile: file, encoding: .utf8) == text, "\(profile ?? "honest")")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: golden)
        #expect(Set(files) == Set(all.map { ($0 ?? "honest") + ".txt" }))
    }
}
