import FaultServer
import Glibc
import NIOConcurrencyHelpers
import NIOPosix

/// A board on a serial line. It keeps what is in its flash from run to run.
struct SerialDevice: Device {
    let dialect: Dialect
    let address: SerialAddress
    let pace = 1
    let takesFlashMishaps = false

    /// - Throws: ``ServerError`` (status 69) if the line is not to be had.
    init(_ address: SerialAddress, dialect: Dialect) throws {
        self.address = address
        self.dialect = dialect
        try SerialPort(address).close()
    }

    /// How long EN is held low, as esptool does.
    private static let resetTime = Duration.milliseconds(100)
    /// How long the line is closed, for an other end that has only this to tell that it is switched off.
    private static let offTime = Duration.milliseconds(50)

    func live(
        suffering flash: FlashMishap, typing lines: AsyncStream<String>,
        hearing hear: @escaping @Sendable (String) -> Void
    ) async throws -> DeviceEnd {
        try? await Task.sleep(for: Self.offTime)
        let port = try SerialPort(self.address)
        let hasReset = port.holdInReset(true)
        // Left in reset: this is what being without power is to a board on USB.
        defer {
            port.holdInReset(true)
            port.close()
        }
        if hasReset {
            try? await Task.sleep(for: Self.resetTime)
            port.flush()
            if !Task.isCancelled { port.holdInReset(false) }
        }
        let typing = Task { await Self.type(lines, on: port) }
        let isOver = NIOLockedValueBox(false)
        do {
            try await withTaskCancellationHandler {
                try await NIOThreadPool.singleton.runIfActive {
                    Self.listen(to: port, until: isOver, hearing: hear)
                }
            } onCancel: {
                isOver.withLockedValue { $0 = true }
            }
        } catch {
            // It was switched off before it could be heard.
        }
        typing.cancel()
        await typing.value
        return .gone("\(self.address.path) was unplugged, or its other end closed")
    }

    /// Returns when the line is gone, or it is over.
    private static func listen(
        to port: SerialPort, until isOver: NIOLockedValueBox<Bool>, hearing hear: (String) -> Void
    ) {
        var reader = LineReader()
        var pacing = Pacing()
        let began = ContinuousClock.now
        while !isOver.withLockedValue({ $0 }), let bytes = port.read(upTo: 4_096) {
            let lines = reader.read(bytes)
            for line in lines { hear(line) }
            let delay = pacing.delay(
                lines: lines.count, bytes: bytes.count, now: ContinuousClock.now - began)
            // A fraction of a second, as what is read at once is bounded.
            usleep(UInt32(delay.components.attoseconds / 1_000_000_000_000))
        }
        if let rest = reader.finish() { hear(rest) }
    }

    private static func type(_ lines: AsyncStream<String>, on port: SerialPort) async {
        for await line in lines {
            var rest = Array((line + "\n").utf8)[...]
            while !rest.isEmpty, !Task.isCancelled {
                guard let count = port.write(rest) else { return }
                rest = rest.dropFirst(count)
                if count == 0 { try? await Task.sleep(for: .milliseconds(5)) }
            }
        }
    }
}
