import ArgumentParser
import FaultKit
import FaultServer
import FirmwareImage
import Glibc

/// What is to go wrong.
struct PlanOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "A profile's name or file (repeatable: rules join in order).")
    var profile: [String] = []

    @Option(
        name: .shortAndLong,
        help: "A fault by hand, such as 'truncate on=body at=64KiB' (repeatable).")
    var fault: [String] = []

    @Option(help: "Replays chance: the same seed gives the same faults. Default: the profile's.")
    var seed: UInt64?

    @Option(help: "The step of profiles that tell a story in several.")
    var step = 1

    @OptionGroup var library: LibraryOptions

    func validate() throws {
        guard self.step >= 1 else { throw ValidationError("--step \(self.step): count from 1") }
    }

    /// - Throws: ``ProfileError`` with every mistake of every profile and rule.
    func compiled() throws -> Plan {
        var problems: [Problem] = []
        var profiles: [Profile] = []
        var rules: [Rule] = []
        for name in self.profile {
            do {
                profiles.append(try self.library.library.resolve(name))
            } catch let error as ProfileError {
                problems += error.problems
            }
        }
        for line in self.fault {
            do {
                rules.append(try Rule.parse(line, catalogue: Faultserve.catalogue))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
        return Plan(profiles: profiles, step: self.step, rules: rules, seed: self.seed)
    }
}

/// Where profiles are looked for.
struct LibraryOptions: ParsableArguments {
    @Option(help: "A folder with profiles, looked at before the shipped ones.")
    var profiles: String?

    var library: ProfileLibrary {
        ProfileLibrary(
            directories: [self.profiles].compactMap { $0 } + Self.shipped,
            catalogue: Faultserve.catalogue)
    }

    /// Beside the binary, as it is installed (`bin/faultserve`, `share/faultserve/profiles`) and as
    /// it is built (`.build/release/faultserve` in a checkout).
    private static var shipped: [String] {
        let binary = System.executable
        var folders = [binary.parent.parent + "/share/faultserve/profiles"]
        var folder = binary.parent
        while folder != "/", !folder.isEmpty {
            if access(folder + "/Package.swift", R_OK) == 0 { folders.append(folder + "/profiles") }
            folder = folder.parent
        }
        return folders
    }
}

/// What is served.
struct ContentOptions: ParsableArguments {
    @Option(help: "A folder to serve, such as an ESP-IDF build folder.")
    var root: String?

    @Option(help: "An image to serve as /firmware.bin and under its own name.")
    var image: String?

    @Option(
        help: ArgumentHelp(
            "A PEM file with the private key for Secure Boot v2 signatures.",
            discussion: """
                The demo image is signed with it, and so is a signed image again that a fault has edited.
                """,
            valueName: "file"))
    var signKey: String?

    /// Who signs edited images.
    func signer() throws -> ServerSigner {
        ServerSigner(own: try self.signKey.map { try KeyFile($0).signingKey() })
    }

    /// - Parameter signer: signs the demo image, if it has a key.
    func content(signer: ServerSigner) throws -> Content {
        do {
            var content = Content(root: try self.root.map { try Root($0) })
            if let image { try content.offer(file: image) }
            if self.root == nil, self.image == nil {
                let bytes = try signer.signed(AppImage.demo().bytes)
                try content.offer(
                    Image(name: "firmware.bin", bytes: bytes), modified: Self.demoModified)
            }
            return content
        } catch let error as ContentError {
            throw ServerError(.noInput, error.description)
        }
    }

    /// The time that the demo image claims to be from: 2025-01-01.
    private static let demoModified = 1_735_689_600

    /// In words, for the banner.
    var description: String {
        var words: [String] = []
        if let root { words.append("the folder \(root)") }
        if let image { words.append("\(image) as /firmware.bin\(Self.summary(of: image))") }
        if words.isEmpty {
            let demo = AppImageRecipe.demo
            words.append(
                "a demo image: \(demo.project) \(demo.version) for \(demo.chip.name), "
                    + "\(demo.size.grouped) bytes"
                    + (self.signKey.map { ", signed with \($0)" } ?? ""))
        }
        return words.joined(separator: ", ")
    }

    private static func summary(of path: String) -> String {
        guard let file = try? ImageFile(path: path),
            let summary = AppImage.Summary(prefix: file.prefix, size: file.size)
        else { return " (no ESP-IDF app image)" }
        return ": \(summary)"
    }
}

/// Who the server says it is.
struct IdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A name or address for the certificate (repeatable).",
            discussion:
                "Default: this machine's addresses and localhost. The first one becomes its CN.",
            valueName: "name|address"))
    var host: [String] = []

    @OptionGroup var authority: AuthorityOptions

    @Option(help: "Your own certificate, with its chain, in PEM.")
    var cert: String?

    @Option(help: "Its private key, in PEM, not encrypted.")
    var key: String?

    var isGiven: Bool { self.authority.isGiven || self.cert != nil || self.key != nil }

    func validate() throws {
        guard (self.cert == nil) == (self.key == nil) else {
            throw ValidationError("--cert and --key belong together: give both")
        }
        if self.cert != nil, !self.authority.caConstrain.isEmpty {
            throw ValidationError("--cert brings its own CA: leave out --ca-constrain")
        }
    }

    /// - Parameter root: the folder that is served; its ca_cert.pem and ca_key.pem are taken if nothing
    ///   else is given.
    func source(root: String?) throws -> IdentitySource {
        if let cert, let key { return .files(certificate: cert, key: key) }
        if self.authority.isGiven { return self.authority.source }
        return root.flatMap(IdentitySource.pair(inRoot:)) ?? .localAuthority
    }
}

/// The local CA.
struct AuthorityOptions: ParsableArguments {
    @Option(help: "The folder of the local CA.")
    var caDir: String?

    @Option(
        help: ArgumentHelp(
            "Make a CA that vouches for this host, and names below it, alone (repeatable).",
            discussion: """
                Whoever trusts such a CA is safe from its key for all other names, if the client looks at name \
                constraints: OpenSSL and GnuTLS do, Mbed TLS does not.
                """,
            valueName: "name|address"))
    var caConstrain: [String] = []

    var isGiven: Bool { self.caDir != nil || !self.caConstrain.isEmpty }

    var directory: String { self.caDir ?? Authority.defaultDirectory }

    var source: IdentitySource { .authority(directory: self.directory, permits: self.caConstrain) }
}

/// The beginning of a file, for a summary.
struct ImageFile {
    let prefix: [UInt8]
    let size: Int

    init(path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ServerError(.noInput, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var status = stat()
        fstat(file, &status)
        self.size = Int(status.st_size)
        self.prefix = [UInt8](unsafeUninitializedCapacity: AppImage.Summary.prefixSize) {
            buffer, count in
            count = max(0, read(file, buffer.baseAddress, buffer.count))
        }
    }
}

/// Facts about the machine and this process.
enum System {
    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The date in Greenwich, as `YYYY-MM-DD`.
    static var today: String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 16)
        let count = strftime(&text, text.count, "%Y-%m-%d", &parts)
        return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The binary that runs.
    static var executable: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
        return String(
            decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension String {
    /// The folder of a path: `/a/b` is in `/a`.
    var parent: String {
        guard let slash = self.lastIndex(of: "/") else { return "" }
        return slash == self.startIndex ? "/" : String(self[..<slash])
    }
}
