@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

/// The board of this process on a bench: one test has it at a time.
///
/// A boot, and whatever the app does after it, runs on a thread of its own, so that a reset or a power
/// cut ends that thread and not the tests.
struct Bench {
    /// How a run on the board ended.
    enum End: Equatable {
        case returned
        case reset(UInt32)
        case powerOff
    }

    let flash: URL
    let efuse: URL

    /// Hands over a bare board with a new flash, with nothing in it, and takes it away afterwards.
    static func with(_ body: (Bench) throws -> Void) throws {
        try theBoard.withLock {
            let folder = try FileManager.default.url(
                for: .itemReplacementDirectory, in: .userDomainMask,
                appropriateFor: FileManager.default.temporaryDirectory, create: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            board_set_defaults()
            let bench = Bench(
                flash: folder.appending(path: "flash"), efuse: folder.appending(path: "efuse"))
            let console = esp_log_set_vprintf { format, arguments in
                guard let format, let arguments else { return 0 }
                return Log.append(format: format, arguments)
            }
            board_on_reset { Run.end(with: .reset($0.rawValue)) }
            board_on_power_off { Run.end(with: .powerOff) }
            try bench.powerOn()
            defer {
                flash_close()
                bootloader_set_running(nil)
                _ = esp_log_set_vprintf(console)
            }
            try body(bench)
        }
    }

    private static let theBoard = NSLock()

    /// Opens flash and eFuses: operations are counted from 1 again, and nothing is to fail.
    func powerOn() throws {
        var isNew = false
        try #require(flash_open(self.flash.path, &isNew) == ESP_OK)
        try #require(efuse_open(self.efuse.path) == ESP_OK)
        bootloader_set_running(nil)
        Log.take()
    }

    /// Runs something on the board.
    @discardableResult
    func run(_ body: @escaping () -> Void) -> End { Run.run(body) }

    /// Boots: the bootloader, and the jump.
    /// - Returns: what runs; nil if nothing boots, or the run ended before.
    @discardableResult
    func boot() -> UInt32? {
        bootloader_set_running(nil)
        self.run {
            var boot = boot_t()
            if bootloader_boot(&boot) == ESP_OK { bootloader_set_running(&boot) }
        }
        return bootloader_running()?.pointee.slot.pointee.address
    }

    /// Cuts the power off and boots.
    @discardableResult
    func bootAgain() throws -> UInt32? {
        try self.powerOn()
        return self.boot()
    }

    /// What the board has said since this was asked last.
    var log: String { Log.take() }

    /// The same, line by line and without the times.
    var lines: [String] { self.log.logLines }

    /// What the bootloader has said once it had listed the partitions, but for what it said of images.
    var bootLines: [String] {
        let log = self.log
        guard let list = log.range(of: "boot: End of partition table\n") else { return [] }
        return log[list.upperBound...].logLines.filter { !$0.dropFirst(2).hasPrefix("esp_image:") }
    }

    // MARK: Contents

    /// Puts a table into flash.
    func preset(_ table: PartitionTable) { self.preset(0x8000, table.bytes) }

    /// Puts bytes into flash.
    func preset(_ address: UInt32, _ bytes: [UInt8]) {
        #expect(flash_preset(address, bytes, bytes.count) == ESP_OK)
    }

    /// Reads flash.
    func read(_ address: UInt32, _ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        #expect(flash_read(address, &bytes, count) == ESP_OK)
        return bytes
    }

    /// otadata, at 0xD000 as all the tables here have it.
    var otadata: OTAData {
        // It has that size.
        try! OTAData(self.read(0xD000, OTAData.size))
    }

    /// Puts otadata into flash.
    func preset(_ otadata: OTAData) { self.preset(0xD000, otadata.bytes) }
}

/// What is written on the console.
private enum Log {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var text = ""

    static func append(format: UnsafePointer<CChar>, _ arguments: CVaListPointer) -> Int32 {
        var line = [CChar](repeating: 0, count: 1024)
        let count = vsnprintf(&line, line.count, format, arguments)
        let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.lock.withLock { self.text += text }
        return count
    }

    @discardableResult
    static func take() -> String {
        self.lock.withLock {
            defer { self.text = "" }
            return self.text
        }
    }
}

/// A thread that the board runs on.
private final class Run {
    private let body: () -> Void
    nonisolated(unsafe) private static var end = Bench.End.returned

    private init(_ body: @escaping () -> Void) { self.body = body }

    static func run(_ body: @escaping () -> Void) -> Bench.End {
        self.end = .returned
        let run = Run(body)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Run>.fromOpaque(context!).takeUnretainedValue().body()
                return nil
            }, Unmanaged.passUnretained(run).toOpaque())
        #expect(status == 0)
        pthread_join(thread, nil)
        return withExtendedLifetime(run) { self.end }
    }

    static func end(with end: Bench.End) -> Never {
        self.end = end
        pthread_exit(nil)
    }
}
