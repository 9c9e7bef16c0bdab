import FaultKit
import NIOCore

/// Faults that break one rule each, to try the conformance suite.
enum Bad {
    static func manual(
        _ name: String, _ knobs: [String] = [], _ example: KeyValuePairs<String, String> = [:]
    ) -> Manual {
        Manual(
            name: name, summary: "does something wrong", requirement: "The suite finds it.",
            knobs: knobs.map { .init($0, "a knob") }, example: example)
    }

    struct OtherError: Error {}

    /// State that the copies of a fault share, which they must not.
    final class Shared: @unchecked Sendable {
        private var count = 0
        func next() -> Int {
            self.count += 1
            return self.count
        }
    }
}

// MARK: - Manuals and hooks

struct BadManual: HandshakeFault {
    static let manual = Manual(
        name: "bad_manual", summary: "Does it.", requirement: "is found",
        knobs: [.init("Big", ""), .init("on", "x"), .init("a", "x"), .init("a", "x")])
    init(_ knobs: inout Knobs) throws {
        for name in ["Big", "on", "a"] { _ = try knobs.readIfSet(name, as: Int.self) }
    }
    func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.commonName = "x"
    }
}

struct NoHook: Fault {
    static let manual = Bad.manual("no-hook")
    init(_ knobs: inout Knobs) throws {}
}

struct TwoHooks: HandshakeFault, ResponseFault {
    static let manual = Bad.manual("two-hooks")
    init(_ knobs: inout Knobs) throws {}
    func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.versions = .tls1_2 ... .tls1_2
    }
    func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.status = 500
    }
}

// MARK: - Knobs

/// A fault whose hook does right and whose knobs do not.
protocol BadKnobs: HandshakeFault {}

extension BadKnobs {
    func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.commonName = "x"
    }
}

struct BadExample: BadKnobs {
    static let manual = Bad.manual("bad-example", ["count"], ["count": "many"])
    init(_ knobs: inout Knobs) throws { _ = try knobs.read("count", as: Int.self) }
}

struct UnreadKnob: BadKnobs {
    static let manual = Bad.manual("unread-knob", ["count"], ["count": "1", "other": "2"])
    init(_ knobs: inout Knobs) throws { _ = try knobs.read("count", as: Int.self) }
}

struct NeverReadKnob: BadKnobs {
    static let manual = Bad.manual("never-read-knob", ["count"])
    init(_ knobs: inout Knobs) throws {}
}

struct HiddenKnob: BadKnobs {
    static let manual = Bad.manual("hidden-knob")
    init(_ knobs: inout Knobs) throws { _ = try knobs.readIfSet("secret", as: Int.self) }
}

struct OtherErrors: BadKnobs {
    static let manual = Bad.manual("other-errors", ["count"], ["count": "1"])
    init(_ knobs: inout Knobs) throws {
        guard (try? knobs.read("count", as: Int.self)) != nil else { throw Bad.OtherError() }
    }
}

struct WrongComplaint: BadKnobs {
    static let manual = Bad.manual("wrong-complaint", ["count"], ["count": "1"])
    init(_ knobs: inout Knobs) throws {
        guard (try? knobs.read("count", as: Int.self)) != nil else {
            throw KnobError(knob: "cuont", "write a number")
        }
    }
}

struct DeafKnob: BadKnobs {
    static let manual = Bad.manual("deaf-knob", ["count"], ["count": "1"])
    let count: Int
    init(_ knobs: inout Knobs) throws {
        self.count = (try? knobs.read("count", as: Int.self)) ?? 7
    }
}

// MARK: - Streams

/// A stream fault without knobs.
protocol BadStream: StreamFault {
    init()
}

extension BadStream {
    init(_ knobs: inout Knobs) throws { self.init() }
}

struct CutBytes: BadStream {
    static let manual = Bad.manual("cut-bytes")
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.insert(ByteBuffer(bytes: [1]))
        outlet.send(chunk)
    }
}

struct CutTime: BadStream {
    static let manual = Bad.manual("cut-time")
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.wait(.milliseconds(1))
        outlet.send(chunk)
    }
}

struct CutEnding: BadStream {
    static let manual = Bad.manual("cut-ending")
    var chunks = 0
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
        self.chunks += 1
    }
    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.end(self.chunks > 1 ? .reset : .cut)
    }
}

struct CutStrikes: BadStream {
    static let manual = Bad.manual("cut-strikes")
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
        outlet.push()
    }
}

struct SharedState: BadStream {
    static let manual = Bad.manual("shared-state")
    let shared = Bad.Shared()
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
    }
    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.wait(.nanoseconds(Int64(self.shared.next())))
        outlet.end(.clean)
    }
}

/// Makes chunks of its own, so that the outlet takes altered bytes for honest ones.
struct Forger: BadStream {
    static let manual = Bad.manual("forger")
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        let bytes = ByteBuffer(bytes: chunk.bytes.readableBytesView.map { $0 ^ 1 })
        outlet.send(Chunk(offset: chunk.offset, total: chunk.total, bytes: bytes))
    }
    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) { outlet.end(.cut) }
}

struct Harmless: BadStream {
    static let manual = Bad.manual("harmless")
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
    }
}

struct Hoarder: BadStream {
    static let manual = Bad.manual("hoarder")
    var kept: [Chunk] = []
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        self.kept.append(chunk)
    }
    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.wait(.seconds(1))
        self.kept.forEach { outlet.send($0) }
        outlet.end(.clean)
    }
}

/// Keeps what it sends only once more has come, and forgets it if the stream ends before.
struct LateHoarder: BadStream {
    static let manual = Bad.manual("late-hoarder")
    var kept: [Chunk] = []
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        self.kept.append(chunk)
        guard chunk.end == chunk.total else { return }
        outlet.wait(.seconds(1))
        self.kept.forEach { outlet.send($0) }
        self.kept = []
    }
}

struct CarelessRecords: BadStream {
    static let unit = StreamUnit.record
    static let manual = Bad.manual("careless-records")
    let shared = Bad.Shared()
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.wait(.nanoseconds(Int64(self.shared.next())))
        outlet.send(chunk)
    }
}

// MARK: - Edits

struct RandomImage: ImageFault {
    static let manual = Bad.manual("random-image")
    let shared = Bad.Shared()
    init(_ knobs: inout Knobs) throws {}
    func edit(_ image: inout Image, using dice: inout Dice) throws {
        let byte = UInt8(truncatingIfNeeded: self.shared.next())
        image.replace(0..<min(1, image.count), with: [byte])
    }
}

struct IdleImage: ImageFault {
    static let manual = Bad.manual("idle-image")
    init(_ knobs: inout Knobs) throws {}
    func edit(_ image: inout Image, using dice: inout Dice) throws {
        guard image.isEmpty else { throw ImageError("not of my format") }
        throw Bad.OtherError()
    }
}

struct RandomResponse: ResponseFault {
    static let manual = Bad.manual("random-response")
    let shared = Bad.Shared()
    init(_ knobs: inout Knobs) throws {}
    func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.fields["X-Count"] = String(self.shared.next())
    }
}

struct UnsayableResponse: ResponseFault {
    static let manual = Bad.manual("unsayable-response")
    init(_ knobs: inout Knobs) throws {}
    func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.reason = "\u{2603}"
        response.body.parts = response.body.parts.map { part in
            guard case .image(let image, let range) = part else { return part }
            return .image(image, range.lowerBound..<image.count + 1)
        }
    }
}

struct IdleResponse: ResponseFault {
    static let manual = Bad.manual("idle-response")
    init(_ knobs: inout Knobs) throws {}
    func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {}
}

struct RandomHandshake: HandshakeFault {
    static let manual = Bad.manual("random-handshake")
    let shared = Bad.Shared()
    init(_ knobs: inout Knobs) throws {}
    func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.commonName = "\(self.shared.next())"
    }
}

struct IdleHandshake: HandshakeFault {
    static let manual = Bad.manual("idle-handshake")
    init(_ knobs: inout Knobs) throws {}
    func edit(_ handshake: inout Handshake, using dice: inout Dice) {}
}
