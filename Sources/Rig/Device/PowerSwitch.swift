import FaultServer

/// A device's switch and console: it is turned on and off, and what it says is told with the number of
/// the life in which it was said, counted from 1.
struct PowerSwitch {
    let device: any Device
    let tell: @Sendable (_ life: Int, Trial.Input) -> Void
    private(set) var life = 0
    private var living: Task<Void, Never>?
    private var typing: AsyncStream<String>.Continuation?

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
        self.living = Task { [device, tell, life] in
            do {
                let end = try await device.live(suffering: flash, typing: lines) {
                    tell(life, .line($0))
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

    func type(_ line: String) { self.typing?.yield(line) }
}
