import Dispatch
import FaultKit
import NIOConcurrencyHelpers

@testable import FaultServer

/// Reads all of an image, and appends what it read in eight bytes. It counts, and can be held up.
struct Hashing: ImageFault {
    static let manual = Manual(
        name: "hashing", summary: "appends a digest", requirement: "The client shrugs.")

    /// What the copies of a fault tell a test.
    final class Watch: Sendable {
        private let names = NIOLockedValueBox<[String]>([])
        private let isHeld = NIOLockedValueBox(false)
        private let entered = DispatchSemaphore(value: 0)
        private let gate = DispatchSemaphore(value: 0)

        /// Names of the images that were edited.
        var edited: [String] { self.names.withLockedValue { $0 } }

        /// The next edit waits until it is let go.
        func hold() { self.isHeld.withLockedValue { $0 = true } }

        /// Returns once an edit waits.
        func waitForEdit() -> Bool { self.entered.wait(timeout: .now() + 50) == .success }

        func letGo() { self.gate.signal() }

        fileprivate func edit(_ name: String) {
            self.names.withLockedValue { $0.append(name) }
            let waits = self.isHeld.withLockedValue { held in
                defer { held = false }
                return held
            }
            guard waits else { return }
            self.entered.signal()
            _ = self.gate.wait(timeout: .now() + 50)
        }
    }

    let watch: Watch
    /// An image that has fewer bytes is not of the fault's format.
    var least = 0

    init(_ knobs: inout Knobs) throws { self.watch = Watch() }

    init(_ watch: Watch = Watch(), least: Int = 0) {
        self.watch = watch
        self.least = least
    }

    func edit(_ image: inout Image, using dice: inout Dice) throws {
        self.watch.edit(image.name)
        guard image.count >= self.least else {
            throw ImageError("it has \(image.count) bytes; offer one of \(self.least)")
        }
        var sum = dice.next()
        try image.forEachWindow(in: 0..<image.count) { window in
            for byte in window { sum = sum &* 31 &+ UInt64(byte) }
        }
        let digest = (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        image.replace(image.count..<image.count, with: digest)
    }
}

/// Edits nothing.
struct Idle: ImageFault {
    static let manual = Manual(name: "idle", summary: "does nothing", requirement: "None.")
    init(_ knobs: inout Knobs) throws {}
    init() {}
    func edit(_ image: inout Image, using dice: inout Dice) throws {}
}

extension Rule {
    /// A rule of an image fault.
    /// - Parameter when: what stands behind `when.`, such as `path=/x.bin`.
    static func image(_ fault: some ImageFault, id: Int = 0, _ when: String? = nil) throws -> Rule {
        let condition = when.map { " when.\($0)" } ?? ""
        let sample = try Rule.sample("corrupt-image at=0" + condition)
        let name = type(of: fault).manual.name
        return Rule(
            id: id, fault: name, text: name + condition, when: sample.when, hook: .image(fault),
            origin: "--fault")
    }
}
