/// How an app's first boot is to go: 32 bytes in the custom app descriptor, at ``offset`` of the image.
///
/// Firmware that knows them reads them while its self-test is due, that is, while its otadata entry is
/// `PENDING_VERIFY`. So one build tells every story of a rollback: a fault patches the directive and
/// seals the image again. docs/images.md has the layout.
public struct Directive: Sendable, Hashable {
    /// In bytes.
    public static let size = 32
    /// Where it stands in an image: behind the app descriptor.
    public static let offset = AppDescriptor.offset + AppDescriptor.size
    /// The first word: `FSRV` in the file.
    public static let magic: UInt32 = 0x5652_5346
    /// The only version there is.
    public static let version: UInt16 = 1

    /// What the app does on its first boot.
    public enum Behaviour: UInt8, CaseIterable, Sendable {
        /// Its self-test passes, and it confirms itself.
        case pass = 0
        /// Its self-test fails: it marks itself invalid and rolls back.
        case failSelfTest = 1
        /// It crashes.
        case crash = 2
        /// It hangs.
        case hang = 3
        /// It runs, and never confirms itself.
        case noConfirm = 4

        /// As faults and commands write it.
        public var name: String {
            switch self {
            case .pass: "pass"
            case .failSelfTest: "fail-self-test"
            case .crash: "crash"
            case .hang: "hang"
            case .noConfirm: "no-confirm"
            }
        }
    }

    /// When the app does it.
    public enum Phase: UInt8, CaseIterable, Sendable {
        /// In its self-test.
        case selfTest = 0
        /// While the system starts, before `app_main`: the bootloader's watchdog still runs. Only for
        /// ``Behaviour/crash`` and ``Behaviour/hang``.
        case startup = 1

        /// As faults and commands write it.
        public var name: String {
            switch self {
            case .selfTest: "self-test"
            case .startup: "startup"
            }
        }
    }

    /// What the app does.
    public var behaviour: Behaviour
    /// When.
    public var phase: Phase
    /// How long the app waits before, in milliseconds.
    public var delay: UInt32

    /// A directive.
    public init(_ behaviour: Behaviour, phase: Phase = .selfTest, delay: UInt32 = 0) {
        self.behaviour = behaviour
        self.phase = phase
        self.delay = delay
    }

    /// Reads a directive.
    /// - Parameter bytes: what an image has from ``offset`` on; no more than 32 bytes are read.
    /// - Returns: nil if there are fewer, or they are no directive of this version.
    public init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.size))
        guard Self.isMarked(bytes), bytes.integer(at: 4) == Self.version,
            let behaviour = Behaviour(rawValue: bytes[8]), let phase = Phase(rawValue: bytes[9])
        else { return nil }
        self.init(behaviour, phase: phase, delay: bytes.integer(at: 12))
    }

    /// Whether bytes begin with the directive's magic word, whatever else they say.
    static func isMarked(_ bytes: [UInt8]) -> Bool {
        bytes.count >= Self.size && bytes.integer(at: 0) == Self.magic
    }

    /// The directive as it stands in a file: 32 bytes.
    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.set(Self.magic, at: 0)
        bytes.set(Self.version, at: 4)
        bytes.set(UInt16(Self.size), at: 6)
        bytes[8] = self.behaviour.rawValue
        bytes[9] = self.phase.rawValue
        bytes.set(self.delay, at: 12)
        return bytes
    }
}
