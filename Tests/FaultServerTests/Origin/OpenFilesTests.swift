import FaultKit
import Glibc
import Testing

@testable import FaultServer

/// A file that is kept open is served again only while its path leads to that very file.
@Suite struct OpenFilesTests {
    /// What befalls a file between two requests, and what the second one is answered with.
    enum Change: CaseIterable, CustomTestStringConvertible {
        case nothing, deleted, grown, rewritten, replaced, pipe, folder, linkOut, linkToKey,
            parentMoved

        var answer: (status: Int, body: String?) {
            switch self {
            case .nothing: (200, "the first")
            case .deleted, .parentMoved: (404, nil)
            case .grown: (200, "the first and more")
            // As many bytes, and the date of before.
            case .rewritten: (200, "the secon")
            case .replaced: (200, "another")
            case .pipe, .linkOut, .linkToKey: (403, nil)
            case .folder: (301, nil)
            }
        }

        var testDescription: String { "\(self)" }

        func befall(_ folder: ServedFolder) throws {
            let file = "root/builds/app.bin"
            switch self {
            case .nothing: break
            case .deleted: try folder.remove(file)
            case .grown: try folder.write(file, "the first and more")
            case .rewritten:
                try folder.write(file, "the secon")
                try folder.date(file, OpenFilesTests.date)
            case .replaced:
                try folder.write("root/builds/new", "another")
                try #require(
                    rename("\(folder.base)/root/builds/new", "\(folder.base)/\(file)") == 0)
            case .pipe:
                try folder.remove(file)
                try #require(mkfifo("\(folder.base)/\(file)", 0o644) == 0)
            case .folder:
                try folder.remove(file)
                try folder.makeFolder(file)
            case .linkOut:
                try folder.remove(file)
                try folder.link(file, to: "../../secret.txt")
            case .linkToKey:
                try folder.remove(file)
                try folder.write("root/builds/server.key", "key")
                try folder.link(file, to: "server.key")
            case .parentMoved:
                try #require(rename("\(folder.base)/root/builds", "\(folder.base)/root/old") == 0)
            }
        }
    }

    private static let date = 1_700_000_000

    private func folder() throws -> ServedFolder {
        let folder = try ServedFolder()
        try folder.makeFolder("root/builds")
        try folder.write("root/builds/app.bin", "the first")
        try folder.date("root/builds/app.bin", Self.date)
        return folder
    }

    @Test(arguments: Change.allCases)
    func theNextRequestSeesWhatBefellTheFile(change: Change) throws {
        let folder = try self.folder()
        let client = try OriginClient(folder)
        #expect(try client.ask("/builds/app.bin").body.string == "the first")
        try change.befall(folder)
        let response = client.ask("/builds/app.bin")
        #expect(response.status == change.answer.status)
        if let body = change.answer.body { #expect(try response.body.string == body) }
    }

    @Test func aFileThatStaysTheSameIsOpenedOnce() throws {
        let folder = try self.folder()
        let client = try OriginClient(folder)
        let responses = (0..<100).map { _ in client.ask("/builds/app.bin") }
        #expect(responses.allSatisfy { $0.status == 200 })
        #expect(try folder.openFiles == ["\(folder.root)/builds/app.bin"])
    }

    /// However many files there are, few are kept open.
    @Test func noMoreThanALimitAreKeptOpen() throws {
        let folder = try ServedFolder()
        let client = try OriginClient(folder)
        for number in 0..<100 {
            try folder.write("root/\(number).bin", "number \(number)")
            #expect(try client.ask("/\(number).bin").body.string == "number \(number)")
        }
        #expect(try folder.openFiles.count <= 32)
        // Those that were let go of are opened again.
        for number in 0..<100 { #expect(client.status("/\(number).bin") == 200) }
    }
}
