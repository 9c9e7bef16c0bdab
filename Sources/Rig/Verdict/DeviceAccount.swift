public import FaultServer

/// What a device has shown of an update, folded from its console line by line.
public struct DeviceAccount: Sendable {
    /// An app that booted.
    public struct Boot: Sendable, Hashable {
        /// `factory`, `ota_0` ..., or the offset of a slot that the boot log does not name.
        public var slot: String
        public var version: String?
        /// Of its otadata entry, if the app tells.
        public var state: String?
        /// Whether it passed its self-test, if it had one.
        public var selfTest: Bool?
        /// Whether it came so far as to take a URL.
        public var isReady = false
        public var hasPanicked = false

        public init(slot: String, version: String? = nil, state: String? = nil) {
            self.slot = slot
            self.version = version
            self.state = state
        }

        /// Whether this is the same app in the same place.
        func isSameApp(as other: Boot) -> Bool {
            self.slot == other.slot && self.version == other.version
        }

        /// Whether it is not confirmed, as far as it tells: it has not been yet, or runs only because nothing
        /// else boots.
        var isPending: Bool {
            ["PENDING_VERIFY", "ABORTED", "INVALID"].contains(self.state) && self.selfTest != true
        }
    }

    /// The apps that booted since the device was asked to update, in order; before that, all.
    public private(set) var boots: [Boot] = []
    /// What ran when the device was asked to update.
    public private(set) var before: Boot?
    /// How the update ended, as the device says; nil while it has not.
    public private(set) var ending: Observation.Ending?
    /// The bootloader passed over an image since then.
    public private(set) var hasPassedOver = false
    /// The bootloader found nothing to boot, and nothing has booted since.
    public private(set) var nothingBoots = false

    /// Where the present attempt has failed first, as ESP-IDF's log has it.
    private var failure: Stage?
    private var labels: [UInt32: String] = [:]

    public init() {}

    /// What runs, as far as is known.
    public var running: Boot? { self.nothingBoots ? nil : self.boots.last ?? self.before }

    /// The device is asked to update: what was seen until now is the past.
    public mutating func begin() {
        self.before = self.running
        self.boots = []
        self.ending = nil
        self.failure = nil
        self.hasPassedOver = false
    }

    public mutating func note(_ observation: Observation) {
        switch observation {
        case .reset: break
        case .partition(let label, let offset): self.labels[offset] = label
        case .loaded(let offset):
            self.nothingBoots = false
            let slot = self.labels[offset] ?? "0x" + String(offset, radix: 16)
            self.boots.append(Boot(slot: slot))
        case .passedOver: self.hasPassedOver = true
        case .nothingBoots: self.nothingBoots = true
        case .version(let version): self.change { $0.version = version }
        case .state(let state): self.change { $0.state = state }
        case .selfTest(let passed, let state):
            self.change {
                $0.selfTest = passed
                $0.state = state ?? $0.state
            }
        case .ready: self.change { $0.isReady = true }
        case .panicked: self.change { $0.hasPanicked = true }
        case .fails(let stage): self.failure = self.failure ?? stage
        case .triesAgain: self.failure = nil
        case .ended(var ending):
            // An app knows no more than that it could not connect or read; the log does.
            if [nil, .connect, .http, .download].contains(ending.stage) {
                ending.stage = self.failure ?? ending.stage
            }
            self.ending = ending
        }
    }

    /// How many slots for updates the boot log names.
    var slotCount: Int { Set(self.labels.values.filter { $0.hasPrefix("ota_") }).count }

    private mutating func change(_ edit: (inout Boot) -> Void) {
        if self.boots.isEmpty { return }
        edit(&self.boots[self.boots.count - 1])
    }
}

extension DeviceAccount {
    /// So many boots in a row of one app that does not come so far as to take a URL are a loop. A device that
    /// counts its boots gives up sooner.
    static let loopLength = 10

    private var isLooping: Bool {
        let last = self.boots.suffix(Self.loopLength)
        return self.before != nil && last.count == Self.loopLength
            && last.allSatisfy { !$0.isReady && $0.isSameApp(as: last[last.startIndex]) }
    }

    /// Whether nothing more is to come by itself: the update has ended, and what was to boot takes a URL
    /// again; or nothing boots, or the same app for ever.
    public var isSettled: Bool {
        if self.isLooping { return true }
        // One that has booted anew without a word about the update has crashed in it.
        guard let ending else { return self.boots.last?.isReady == true }
        guard ending.isDone else { return self.boots.allSatisfy(\.isReady) }
        return self.nothingBoots || self.boots.last?.isReady == true
    }

    /// What has become of the update. What runs counts, and not what the device says of its success.
    public var outcome: Expectation.Device {
        if self.nothingBoots { return .unbootable }
        guard let running else { return .waiting }
        // It was never asked to update.
        guard let before else { return running.isReady ? .unchanged : .waiting }
        if self.isLooping { return .bootLoop }
        let others = self.boots.contains { !$0.isSameApp(as: before) }
        if !running.isSameApp(as: before) {
            // What was not confirmed is not there any more, and no update has taken its place.
            if before.isPending, self.ending?.isDone != true { return .rolledBack }
            return running.isPending || !running.isReady ? .waiting : .updated
        }
        if others { return .rolledBack }
        guard let ending else { return self.boots.isEmpty ? .waiting : .unchanged }
        return !ending.isDone || self.hasPassedOver ? .rejected : .unchanged
    }

    /// The step at which that was decided.
    public var stage: Stage? {
        switch self.outcome {
        case .rolledBack:
            let new = self.boots.last { boot in self.before.map { !boot.isSameApp(as: $0) } ?? false
            }
            // An app that said what it is got beyond the bootloader and start-up.
            return new?.state == nil ? .boot : .selfTest
        case .bootLoop: return self.boots.last?.state == nil ? .boot : .selfTest
        case .updated: return .confirm
        case .unbootable: return .boot
        case .rejected: return self.ending?.isDone == true ? .boot : self.ending?.stage
        case .waiting:
            guard let last = self.boots.last, self.ending?.isDone == true else { return nil }
            return last.isReady ? .confirm : .selfTest
        case .unchanged: return self.ending?.stage
        }
    }
}
