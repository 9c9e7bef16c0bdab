import Foundation
import Testing

/// Texts that were looked at once and must not change unseen. With `RECORD` in the environment they are
/// written anew; one that is missing is written, and its test fails.
enum Golden {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static let isRecording = ProcessInfo.processInfo.environment["RECORD"] != nil

    static func check(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = Self.folder.appendingPathComponent(name)
        let known = try? String(contentsOf: file, encoding: .utf8)
        if known == nil || Self.isRecording {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        if Self.isRecording { return }
        let expected = try #require(
            known, "\(name) was missing and is written now; look at it",
            sourceLocation: sourceLocation)
        #expect(text == expected, "\(name) differs", sourceLocation: sourceLocation)
    }

    /// Names of the files of a folder, without their extension.
    static func names(in folder: URL, extension: String) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == `extension` }
            .map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }
}
