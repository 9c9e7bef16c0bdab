public import FaultKit
public import NIOCore

/// What a correct device does when it meets a profile.
public struct Expectation: Sendable, Hashable {
    /// How the update went.
    public enum Device: String, Sendable, Hashable, CaseIterable, KnobValue {
        /// The new image runs and is confirmed.
        case updated
        /// The device refused what it was offered, and the old image runs.
        case rejected
        /// The new image ran, was not confirmed, and the old one runs again.
        case rolledBack = "rolled-back"
        /// Nothing was offered that the device could have refused, and the old image runs.
        case unchanged
        /// The device has not finished, and is right not to have.
        case waiting
        /// No image boots.
        case unbootable
        /// An image boots again and again, and never gets to work.
        case bootLoop = "boot-loop"
    }

    /// How the update may go. `stage` and `running` are those of the first.
    public let device: Outcomes
    /// The step of the update at which it is decided.
    public let stage: Stage?
    /// What runs in the end.
    public let running: Running?
    /// What the server sees.
    public let server: Server?
    /// The time in which all this has come to pass, from the first connection on.
    public let within: TimeAmount?

    /// One outcome, or several of which each is right: a device may give up or try again.
    public struct Outcomes: KnobValue, Hashable, CustomStringConvertible {
        public static let form = Device.form + ", or a list of these"

        /// At least one.
        public let all: [Device]

        public init?(knob text: String) {
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            let devices = names.compactMap { Device(knob: String($0).trimmingSpaces) }
            guard devices.count == names.count, Set(devices).count == devices.count else {
                return nil
            }
            self.all = devices
        }

        /// The one that `stage` and `running` are meant for.
        public var first: Device { self.all[0] }

        public var description: String { self.all.map(\.rawValue).joined(separator: " or ") }
    }

    /// The image that runs in the end.
    public struct Running: Sendable, Hashable {
        public let slot: Slot?
        /// As the image's app descriptor has it: 1 to 31 characters.
        public let version: String?
    }

    /// What the server sees of a correct device.
    public struct Server: Sendable, Hashable {
        public let alert: Alert?
        /// Requests in all.
        public let requests: Span?
        /// How much of the image was delivered.
        public let delivered: Extent?
    }
}

/// A step of an update, in order.
public enum Stage: String, Sendable, Hashable, CaseIterable, Comparable, KnobValue {
    case connect, tls, http, download, header, policy, write, verify
    case setBoot = "set-boot"
    case boot
    case selfTest = "self-test"
    case confirm

    public static func < (left: Stage, right: Stage) -> Bool {
        self.allCases.firstIndex(of: left)! < self.allCases.firstIndex(of: right)!
    }
}

/// A slot for an app: `factory`, or `ota_0` to `ota_15` (ESP-IDF, "Partition Tables").
public struct Slot: KnobValue, Hashable, CustomStringConvertible {
    public static let form = "factory, or ota_0 to ota_15"

    public let description: String

    public init?(knob text: String) {
        let names = ["factory"] + (0...15).map { "ota_\($0)" }
        guard names.contains(text) else { return nil }
        self.description = text
    }
}

/// The TLS alert with which a device refuses a handshake.
public enum Alert: KnobValue, Hashable {
    /// No alert at all.
    case none
    /// Some alert.
    case any
    /// One of these.
    case oneOf([String])

    public static let form =
        "none, any, or the name of a TLS alert such as bad_certificate, or a list of names"

    public init?(knob text: String) {
        switch text {
        case "none": self = .none
        case "any": self = .any
        default:
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
                .map { String($0).trimmingSpaces }
            let known = Set(Event.Alert.names.values)
            guard names.allSatisfy(known.contains) else { return nil }
            self = .oneOf(names)
        }
    }
}

extension Alert: CustomStringConvertible {
    /// Whether a device that sent alerts of these names has met it.
    public func isMet(by names: [String]) -> Bool {
        switch self {
        case .none: names.isEmpty
        case .any: !names.isEmpty
        case .oneOf(let right): names.contains(where: right.contains)
        }
    }

    public var description: String {
        switch self {
        case .none: "none"
        case .any: "any"
        case .oneOf(let names): names.joined(separator: " or ")
        }
    }
}

/// How much of an image: `40%`, `..45%`, `64KiB..`, `30%..50%`.
public struct Extent: KnobValue, Hashable, CustomStringConvertible {
    public static let form = "a part of the image such as 100%, ..45%, 64KiB.. or 30%..50%"

    public let description: String
    /// Nil if any small part will do.
    public let lower: Offset?
    /// Nil if any large part will do.
    public let upper: Offset?

    public init?(knob text: String) {
        guard let (lower, upper) = Span.ends(of: text), lower != "" || upper != "" else {
            return nil
        }
        self.lower = Offset(knob: lower)
        self.upper = Offset(knob: upper)
        guard (self.lower == nil) == (lower == ""), (self.upper == nil) == (upper == "") else {
            return nil
        }
        self.description = text
        if let lower = self.lower, let upper = self.upper, lower.needsTotal == upper.needsTotal {
            // Any length tells the order of two shares or of two byte counts.
            let total = 1 << 40
            guard let low = lower.resolved(in: total), let high = upper.resolved(in: total),
                low <= high
            else { return nil }
        }
    }

    /// Whether so many bytes of a whole are such a part.
    public func contains(_ bytes: Int, of total: Int) -> Bool {
        let low = self.lower?.resolved(in: total) ?? 0
        let high = self.upper?.resolved(in: total) ?? Int.max
        return low <= bytes && bytes <= high
    }
}

extension Expectation {
    /// Reads the `expect` of a profile.
    static func read(_ form: Form, _ complaints: inout Complaints) -> Expectation? {
        guard var section = Section(form, "'expect'", &complaints) else { return nil }
        let device = section.require("device", as: Outcomes.self, &complaints)
        let stage = section.read("stage", as: Stage.self, &complaints)
        let running = section.take("running").flatMap { Running.read($0.value, &complaints) }
        let server = section.take("server").flatMap { Server.read($0.value, &complaints) }
        let within = section.read("within", as: TimeAmount.self, &complaints)
        section.refuseRest(of: "'expect'", &complaints)
        return device.map {
            Expectation(device: $0, stage: stage, running: running, server: server, within: within)
        }
    }
}

extension Expectation.Running {
    /// The version field of an app descriptor is 32 bytes with a NUL (ESP-IDF, "App Image Format").
    private struct Version: KnobValue {
        static let form = "a version such as 1.0.0, of 1 to 31 characters"
        let text: String

        init?(knob text: String) {
            guard (1...31).contains(text.utf8.count) else { return nil }
            self.text = text
        }
    }

    fileprivate static func read(_ form: Form, _ complaints: inout Complaints) -> Self? {
        guard var section = Section(form, "'running'", &complaints) else { return nil }
        let slot = section.read("slot", as: Slot.self, &complaints)
        let version = section.read("version", as: Version.self, &complaints)?.text
        section.refuseRest(of: "'running'", &complaints)
        return Self(slot: slot, version: version)
    }
}

extension Expectation.Server {
    fileprivate static func read(_ form: Form, _ complaints: inout Complaints) -> Self? {
        guard var section = Section(form, "'server'", &complaints) else { return nil }
        let alert = section.read("alert", as: Alert.self, &complaints)
        let requests = section.read("requests", as: Span.self, &complaints)
        let delivered = section.read("delivered", as: Extent.self, &complaints)
        section.refuseRest(of: "'server'", &complaints)
        return Self(alert: alert, requests: requests, delivered: delivered)
    }
}
