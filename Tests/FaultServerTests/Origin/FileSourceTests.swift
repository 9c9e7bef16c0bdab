import FaultKit
import Glibc
import Testing

@testable import FaultServer

@Suite struct FileSourceTests {
    private func source(_ folder: ServedFolder, _ name: String) throws -> FileSource {
        let file = try Descriptor(opening: Array("\(folder.base)/\(name)".utf8), O_RDONLY)
        return FileSource(file, count: try file.status().size, name: name)
    }

    private func read(
        _ source: FileSource, _ range: Range<Int>, waiting: Bool
    ) throws -> [UInt8]? {
        var isRead = false
        let bytes = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            // The test asks for at least one byte, so the buffer has an address.
            let raw = UnsafeMutableRawBufferPointer(start: buffer.baseAddress!, count: range.count)
            raw.initializeMemory(as: UInt8.self, repeating: 0xEE)
            isRead = try source.read(into: raw, at: range.lowerBound, waiting: waiting)
            count = range.count
        }
        return isRead ? bytes : nil
    }

    @Test func anotherContentHasAnotherFingerprint() throws {
        let folder = try ServedFolder()
        try folder.write("file", "one")
        let first = try self.source(folder, "file").fingerprint
        #expect(try self.source(folder, "file").fingerprint == first)
        try folder.write("file", "two")
        try folder.date("file", 1_700_000_000)
        #expect(try self.source(folder, "file").fingerprint != first)
    }

    @Test func readsTheEndOfAFileOfThreeGibibytes() throws {
        let folder = try ServedFolder()
        try folder.write("big", "")
        let size = 3 << 30
        let writer = try Descriptor(opening: Array("\(folder.base)/big".utf8), O_RDWR)
        try #require(ftruncate(writer.number, size) == 0)
        try #require(pwrite(writer.number, "the end", 7, size - 7) == 7)
        let source = try self.source(folder, "big")
        #expect(source.count == size)
        let end = try self.read(source, size - 9..<size, waiting: true)
        #expect(end == [0, 0] + Array("the end".utf8))
        #expect(try self.read(source, size - 9..<size, waiting: false) == end)
    }

    @Test func readsWithoutWaitingOnlyWhatIsInMemory() throws {
        let folder = try ServedFolder()
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }
        try folder.write("file", bytes)
        let source = try self.source(folder, "file")
        let whole = 0..<bytes.count
        // A file system may keep what it is told to drop, but never hands out wrong bytes.
        let file = try Descriptor(opening: Array("\(folder.base)/file".utf8), O_RDWR)
        fsync(file.number)
        posix_fadvise(file.number, 0, 0, POSIX_FADV_DONTNEED)
        if let early = try self.read(source, whole, waiting: false) { #expect(early == bytes) }
        #expect(try self.read(source, whole, waiting: true) == bytes)
        #expect(try self.read(source, whole, waiting: false) == bytes)
        #expect(try self.read(source, 4_095..<4_097, waiting: false) == Array(bytes[4_095..<4_097]))
    }

    /// Files of `/proc` cannot be asked for what the page cache holds.
    @Test func readsPlainlyWhereTheFileSystemCannotPeek() throws {
        let file = try Descriptor(opening: Array("/proc/self/cmdline".utf8), O_RDONLY)
        let source = FileSource(file, count: 4, name: "cmdline")
        let bytes = try self.read(source, 0..<4, waiting: false)
        #expect(bytes != nil)
        #expect(try self.read(source, 0..<4, waiting: true) == bytes)
    }

    @Test(arguments: [true, false])
    func saysThatAFileShrank(waiting: Bool) throws {
        let folder = try ServedFolder()
        try folder.write("file", [UInt8](repeating: 1, count: 100))
        let source = try self.source(folder, "file")
        try folder.write("file", [UInt8](repeating: 1, count: 60))
        #expect(try self.read(source, 0..<60, waiting: waiting)?.count == 60)
        let error = #expect(throws: ImageError.self) {
            try self.read(source, 40..<100, waiting: waiting)
        }
        #expect(error?.description.contains("file shrank while it was served") == true)
    }

    @Test func saysWhereAFileCannotBeRead() throws {
        let folder = try ServedFolder()
        let source = FileSource(
            try Descriptor(opening: Array(folder.base.utf8), O_RDONLY), count: 10, name: "folder")
        let error = #expect(throws: ImageError.self) {
            try self.read(source, 5..<6, waiting: true)
        }
        #expect(error?.description == "folder cannot be read at byte 5: Is a directory")
    }

    @Test func keepsTheFileOpenAsLongAsItIsUsedAndNoLonger() throws {
        let folder = try ServedFolder()
        try folder.write("root/a.bin", "content")
        var response: Response? = try OriginClient(folder).ask("/a.bin")
        #expect(try !folder.openFiles.isEmpty)
        try folder.remove("root/a.bin")
        #expect(try response?.body.string == "content")
        response = nil
        #expect(try folder.openFiles.isEmpty)
    }
}
