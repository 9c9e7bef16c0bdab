import Foundation
import Glibc
import Synchronization
import Testing

/// A program's end.
struct Finished {
    let status: Int32
    let output: String
    let errors: String
}

/// A folder that goes away with its owner.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/faultserve-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        self.path = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    func file(_ name: String) -> String { self.path + "/" + name }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: self.file(name)))
    }

    func write(_ data: Data, to name: String) throws {
        try data.write(to: URL(fileURLWithPath: self.file(name)))
    }
}

/// Runs a program that must be installed, and ends it if it takes too long.
@discardableResult
func run(
    _ program: String, _ arguments: [String], input: String? = nil, within seconds: Double = 60,
    environment: [String: String] = [:]
) throws -> Finished {
    let folder = try Folder()
    try folder.write(Data((input ?? "").utf8), to: "in")
    let child = try Child(
        program, arguments, environment: environment, input: folder.file("in"),
        output: folder.file("out"), errors: folder.file("err"))
    if child.wait(within: seconds) == nil {
        child.kill()
        Issue.record("\(program) \(arguments.joined(separator: " ")) took more than \(seconds) s")
    }
    return Finished(
        status: child.status ?? -1,
        output: String(decoding: try folder.bytes("out"), as: UTF8.self),
        errors: String(decoding: try folder.bytes("err"), as: UTF8.self))
}

/// Does the same for each, a few at once, and returns what came of it in their order.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], width: Int = 4, _ body: @Sendable (Element) throws -> Result
) throws -> [Result] {
    let next = Mutex(0)
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: width) { _ in
        while true {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard index < elements.count else { return }
            let result = Swift.Result { try body(elements[index]) }
            results.withLock { $0[index] = result }
        }
    }
    return try results.withLock { results in
        try elements.indices.map { try results[$0, default: .failure(CancellationError())].get() }
    }
}

/// A process of the tests' own, with files for its standard streams, so that nothing blocks whatever
/// it writes.
final class Child {
    let pid: pid_t
    /// The exit status, once it has ended; 128 and the signal's number if one ended it.
    private(set) var status: Int32?

    init(
        _ program: String, _ arguments: [String], environment: [String: String], input: String,
        output: String, errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what it starts ends with it; and no signal blocked, as they are
        // on the threads of Dispatch.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = merged.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid = pid_t()
        let failure = posix_spawnp(&pid, program, &actions, &attributes, &words, &variables)
        guard failure == 0 else {
            throw StartFailure(said: "\(program): \(String(cString: strerror(failure)))")
        }
        self.pid = pid
    }

    deinit { self.kill() }

    /// Waits for its end.
    /// - Returns: its status, or nil if it has not ended in time.
    func wait(within seconds: Double) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        repeat {
            if let status = self.poll(WNOHANG) { return status }
            usleep(3_000)
        } while Date() < deadline
        return nil
    }

    func kill() {
        guard self.status == nil else { return }
        Glibc.kill(-self.pid, SIGKILL)
        _ = self.poll(0)
    }

    private func poll(_ options: Int32) -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard waitpid(self.pid, &raw, options) == self.pid else { return nil }
        let signal = raw & 0x7F
        self.status = signal == 0 ? raw >> 8 & 0xFF : 128 + signal
        return self.status
    }
}

struct StartFailure: Error { let said: String }

/// The binary that the build left beside the tests, or the one that FAULTSERVE_BINARY names.
/// Names of the shipped profiles, sorted: those for any device, or those for one that speaks HTTP/2.
func shippedProfiles(http2: Bool = false) throws -> [String] {
    struct Row: Decodable {
        let name: String
        let http2: Bool?
    }
    let listed = try run(binary, ["list", "profiles", "--json"]).output
    let rows = try JSONDecoder().decode([Row].self, from: Data(listed.utf8))
    return rows.filter { ($0.http2 ?? false) == http2 }.map(\.name).sorted()
}

let binary: String = {
    if let given = ProcessInfo.processInfo.environment["FAULTSERVE_BINARY"] { return given }
    let tests = Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments
    let folders = tests.map { ($0 as NSString).deletingLastPathComponent }
    return folders.map { $0 + "/faultserve" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
        ?? checkout + "/.build/debug/faultserve"
}()

/// The folder of Package.swift.
let checkout = ((#filePath as NSString).deletingLastPathComponent + "/../.." as NSString)
    .standardizingPath

/// A line of the journal.
struct JournalEvent {
    let members: [String: Any]
    var name: String { self.members["event"] as? String ?? "" }
    subscript(member: String) -> Any? { self.members[member] }
    func text(_ member: String) -> String? { self.members[member] as? String }
    func number(_ member: String) -> Int? { (self.members[member] as? NSNumber)?.intValue }
}

/// faultserve, as a user runs it.
final class Faultserve {
    let folder: Folder
    let port: Int
    let url: String
    let ca: String
    private let child: Child

    /// Starts it on a free port and returns once it listens.
    init(_ arguments: [String], host: String = "127.0.0.1", state: Folder? = nil) throws {
        let folder = try Folder()
        self.folder = folder
        let hosts = arguments.contains("--host") ? [] : ["--host", host, "--host", "localhost"]
        let files = ["--ready-file", folder.file("ready"), "--journal", folder.file("journal")]
        self.child = try Child(
            binary, arguments + hosts + ["--port", "0"] + files,
            environment: ["XDG_STATE_HOME": (state ?? folder).file("state")], input: "/dev/null",
            output: folder.file("out"), errors: folder.file("out"))
        let deadline = Date(timeIntervalSinceNow: 30)
        while !FileManager.default.fileExists(atPath: folder.file("ready")) {
            guard self.child.wait(within: 0) == nil, Date() < deadline else {
                let said =
                    (try? folder.bytes("out")).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw StartFailure(said: said)
            }
            usleep(10_000)
        }
        let ready =
            try JSONSerialization.jsonObject(with: folder.bytes("ready")) as? [String: Any] ?? [:]
        self.port = (ready["port"] as? NSNumber)?.intValue ?? 0
        self.ca = ready["ca"] as? String ?? ""
        self.url = "\(self.ca.isEmpty ? "http" : "https")://\(host):\(self.port)"
    }

    var pid: pid_t { self.child.pid }

    /// How many descriptors it has open.
    func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(self.pid)/fd").count
    }

    /// Its memory, in KiB.
    func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(self.pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(Int((line ?? "").filter(\.isNumber)))
    }

    /// What it wrote on the terminal so far.
    var said: String {
        (try? self.folder.bytes("out")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Ends it with SIGTERM and returns its exit status.
    @discardableResult
    func stop() -> Int32 {
        if let status = self.child.status { return status }
        kill(self.pid, SIGTERM)
        if let status = self.child.wait(within: 10) { return status }
        Issue.record("faultserve does not stop on SIGTERM")
        self.child.kill()
        return -1
    }

    /// Waits until it ends by itself.
    func waitForEnd(within seconds: Double) -> Int32? { self.child.wait(within: seconds) }

    /// The whole journal; stops the server first, so that it is complete.
    func journal() throws -> [JournalEvent] {
        self.stop()
        return try self.journalSoFar()
    }

    func journalSoFar() throws -> [JournalEvent] {
        try String(decoding: self.folder.bytes("journal"), as: UTF8.self)
            .split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return JournalEvent(members: object as? [String: Any] ?? [:])
            }
    }

    /// Waits for an event in the journal.
    func event(
        _ name: String, within seconds: Double = 10,
        where condition: (JournalEvent) -> Bool = { _ in true }
    ) throws -> JournalEvent? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        repeat {
            if let event = try? self.journalSoFar().first(where: {
                $0.name == name && condition($0)
            }) {
                return event
            }
            usleep(10_000)
        } while Date() < deadline
        return nil
    }

    /// A curl of this server, with its CA.
    @discardableResult
    func curl(_ arguments: [String], within seconds: Double = 60) throws -> Finished {
        let trust = self.ca.isEmpty ? [] : ["--cacert", self.ca]
        return try run("curl", ["-sS"] + trust + arguments, within: seconds)
    }
}

extension Data {
    /// By the system's own sha256sum.
    func sha256() throws -> String {
        let folder = try Folder()
        try folder.write(self, to: "data")
        return try EndToEndTests.sha256(ofFile: folder.file("data"))
    }
}

func sha256(ofFile path: String) throws -> String {
    String(try run("sha256sum", [path], within: 120).output.prefix(64))
}
