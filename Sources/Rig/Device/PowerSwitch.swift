import FaultServer
import Synchronization

/// A device's switch and console: it is turned on and off, and what it says is told with the number of
/// the life in which it was said, counted from 1.
struct PowerSwitch {
    let device: any Device
    let tell: @Sendable (_ life: Int, Trial.Input) -> Void
    private(set) var life = 0
    private var living: Task<Void, Never>?
    private var typing: AsyncStream<String>.Continuation?
    private let backlog = Backlog()

    /// Lines that were said and not heard yet. A device that says more than anybody can hear, such as one
    /// that sends garbage for ever, is not heard out: memory stays what it is.
    private final class Backlog: Sendable {
        static let limit = 4_096
        private let count = Atomic(0)

        /// - Returns: whether there is room for one more.
        func add() -> Bool {
            guard self.count.load(ordering: .relaxed) < Self.limit else { return false }
            self.count.add(1, ordering: .relaxed)
            return true
        }

        func remove() { self.count.subtract(1, ordering: .relaxed) }
    }

    init(
        _ device: any Device, tell: @escaping @Sendable (_ life: Int, Trial.Input) -> Void
    ) {
        self.device = device
        self.tell = tell
    }

    var isOn: Bool { self.living != nil }

    mutating func turnOn(suffering flash: FlashMishap) {
        let (lines, typing) = AsyncStream.makeStream(of: String.self)
        self.life += 1
        self.typing = typing
        self.living = Task { [device, tell, life, backlog] in
            do {
                let end = try await device.live(suffering: flash, typing: lines) {
                    if backlog.add() { tell(life, .line($0)) }
                }
                tell(life, .ended(end))
            } catch {
                tell(life, .ended(.gone("\(error)")))
            }
        }
    }

    /// Returns once the device is without power. What it had said before and was not heard yet is of a
    /// life that is over.
    mutating func turnOff() async {
        self.living?.cancel()
        await self.living?.value
        self.hasEnded()
        self.life += 1
    }

    /// The device has ended by itself.
    mutating func hasEnded() {
        self.living = nil
        self.typing?.finish()
        self.typing = nil
    }

    /// A line was heard.
    func heardLine() { self.backlog.remove() }

    func type(_ line: String) { self.typing?.yield(line) }
}
