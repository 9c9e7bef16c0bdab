import FaultKit
import FaultServer
import Glibc

/// The virtual board: a new one with a factory app each time that it is made, with files of its own.
final class VirtualBoard: Device {
    let dialect = Dialect.faultserve
    let pace: Int
    private let process: ProcessDevice
    private let folder: String

    /// - Parameters:
    ///   - program: the path of `virtual-board`.
    ///   - options: what it is told besides its files.
    ///   - factory: the app that it comes with.
    ///   - trust: what is to be known of the server's certificate.
    ///   - kind: what of it its app trusts.
    ///   - pace: what the time-outs of ESP-IDF's examples (5 s) and bootloader (9 s) are divided by.
    init(
        program: String, options: [String], factory: [UInt8], trust: Server.Trust?,
        as kind: DeviceSetup.Trust, pace: Int
    ) throws {
        self.pace = pace
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(place)/faultserve-board-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RigError(
                "no folder can be made in \(place): \(String(cString: strerror(errno))); name another "
                    + "one in TMPDIR")
        }
        self.folder = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let image = self.folder + "/factory.bin"
        let trusted = self.folder + "/trusted.pem"
        self.process = ProcessDevice(
            dialect: .faultserve,
            command: [
                program, "--flash", self.folder + "/flash", "--efuse", self.folder + "/efuse",
                "--factory", image, "--timeout-ms", "\(5000 / pace)",
                "--wdt-time-ms", "\(9000 / pace)",
                "--task-wdt", "panic", "--kconfig", "APP_OTA_MAX_ATTEMPTS=2", "--max-boots", "8",
            ] + Self.options(for: kind, authority: trust?.anchorPath ?? "", own: trusted) + options,
            ends: [75: .powerCut, 3: .bootLoop, 4: .nothingBoots], options: Self.options(for:))
        try Self.write(factory, to: image)
        switch kind {
        case .authority, .bundle: break
        case .leaf: try Self.write(trust?.leafPEM ?? [], to: trusted)
        case .expiredAuthority: try Self.write(trust?.expiredAnchorPEM ?? [], to: trusted)
        }
    }

    /// The options that make it trust the CA's file, or one of its own.
    private static func options(
        for trust: DeviceSetup.Trust, authority: String, own: String
    ) -> [String] {
        switch trust {
        case .authority: ["--ca", authority]
        case .bundle: ["--ca-bundle", authority, "--kconfig", "APP_OTA_CERT_BUNDLE=1"]
        case .leaf, .expiredAuthority: ["--ca", own]
        }
    }

    /// The options that make it what a profile needs.
    /// - Parameter today: as `YYYY-MM-DD`, for a clock that is set.
    static func options(for setup: DeviceSetup, today: String) -> [String] {
        var options: [String] = []
        if setup.isSigned { options.append("--signed") }
        if let version = setup.secureVersion { options += ["--anti-rollback", "\(version)"] }
        if let chip = setup.chip { options += ["--chip", chip] }
        if let size = setup.slotSize { options += ["--slot-size", "\(size.bytes)"] }
        if let size = setup.rangeSize {
            options += ["--kconfig", "APP_OTA_PARTIAL_DOWNLOAD=1"]
            options += ["--kconfig", "APP_OTA_PARTIAL_REQUEST_SIZE=\(size.bytes)"]
        }
        if setup.hasBasicAuth { options.append("--basic-auth") }
        if let size = setup.recordSize { options += ["--tls-in-length", "\(size.bytes)"] }
        if !setup.hasFactory { options.append("--no-factory") }
        if setup.hasClock { options += ["--have-time", today] }
        return options
    }

    /// The options that make its flash suffer something.
    static func options(for flash: FlashMishap) -> [String] {
        flash.damage.flatMap { ["--damage", $0] } + (flash.cut.map { ["--cut-at", $0] } ?? [])
            + (flash.failure.map { ["--fail-at", $0] } ?? [])
    }

    deinit {
        for name in ["flash", "efuse", "factory.bin", "trusted.pem"] {
            unlink(self.folder + "/" + name)
        }
        rmdir(self.folder)
    }

    var takesFlashMishaps: Bool { self.process.takesFlashMishaps }

    func live(
        suffering flash: FlashMishap, typing lines: AsyncStream<String>,
        hearing hear: @escaping @Sendable (String) -> Void
    ) async throws -> DeviceEnd {
        try await self.process.live(suffering: flash, typing: lines, hearing: hear)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw RigError("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
