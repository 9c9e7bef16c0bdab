import FaultServer
import Glibc

/// An open serial line: raw, 8N1, without flow control, for one program at a time.
struct SerialPort: Sendable {
    private let descriptor: Int32

    /// How fast a line can be, in baud (termios(3)).
    static let rates: [Int: speed_t] = [
        9_600: speed_t(B9600), 19_200: speed_t(B19200), 38_400: speed_t(B38400),
        57_600: speed_t(B57600), 115_200: speed_t(B115200), 230_400: speed_t(B230400),
        460_800: speed_t(B460800), 921_600: speed_t(B921600), 1_500_000: speed_t(B1500000),
        2_000_000: speed_t(B2000000),
    ]

    /// - Throws: ``ServerError`` (status 69) if there is no such line, or another program has it.
    init(_ address: SerialAddress) throws {
        let path = address.path
        self.descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard self.descriptor >= 0 else { throw Self.error(errno, path) }
        var line = termios()
        guard tcgetattr(self.descriptor, &line) == 0 else {
            Glibc.close(self.descriptor)
            throw ServerError(
                .unavailable, "\(path) is no serial line; name one such as /dev/ttyUSB0")
        }
        // TIOCEXCL does not hold root back, and a lock only those who ask for it.
        guard flock(self.descriptor, LOCK_EX | LOCK_NB) == 0,
            ioctl(self.descriptor, UInt(TIOCEXCL)) == 0
        else {
            Glibc.close(self.descriptor)
            throw Self.error(EBUSY, path)
        }
        cfmakeraw(&line)
        // Its end shall not move the modem's lines, nor they end it.
        line.c_cflag &= ~(tcflag_t(CSTOPB) | tcflag_t(CRTSCTS) | tcflag_t(HUPCL))
        line.c_cflag |= tcflag_t(CLOCAL) | tcflag_t(CREAD)
        let rate = Self.rates[address.baud] ?? speed_t(B115200)
        cfsetispeed(&line, rate)
        cfsetospeed(&line, rate)
        guard tcsetattr(self.descriptor, TCSANOW, &line) == 0 else {
            Glibc.close(self.descriptor)
            throw ServerError(
                .unavailable,
                "\(path) cannot have \(address.baud) baud; name another rate, as in "
                    + "serial:\(path)@115200")
        }
    }

    /// Lets go of the line, for the next one who wants it. To be called once, when nobody uses it any more.
    func close() { Glibc.close(self.descriptor) }

    private static func error(_ number: Int32, _ path: String) -> ServerError {
        let what =
            switch number {
            case ENOENT, ENXIO, ENODEV: "is not there; is the board plugged in?"
            case EACCES: "may not be opened; join the group that owns it, mostly 'dialout'"
            case EBUSY: "is busy; end the program that has it, such as a monitor"
            default: "cannot be opened: \(String(cString: strerror(number)))"
            }
        return ServerError(.unavailable, "\(path) \(what)")
    }

    /// Holds the chip in reset, or lets it go, as esptool's hard reset does: RTS pulls EN low by way of
    /// the board's two transistors, and DTR, released, leaves IO0 high so that the app boots. A line
    /// that has no such wires, as a pseudo-terminal, takes no notice.
    /// - Returns: whether it has them.
    @discardableResult
    func holdInReset(_ isHeld: Bool) -> Bool {
        var (dtr, rts) = (TIOCM_DTR, TIOCM_RTS)
        _ = ioctl(self.descriptor, UInt(TIOCMBIC), &dtr)
        return ioctl(self.descriptor, UInt(isHeld ? TIOCMBIS : TIOCMBIC), &rts) == 0
    }

    /// Forgets what has come and was not read.
    func flush() { tcflush(self.descriptor, TCIFLUSH) }

    /// What has come, at most `count` bytes, as soon as there is something.
    /// - Returns: nothing if nothing has come within 50 ms; nil if the line is gone.
    func read(upTo count: Int) -> [UInt8]? {
        var waiting = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 50) > 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Glibc.read(self.descriptor, buffer.baseAddress, count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Writes as much as the line takes now.
    /// - Returns: how many bytes it took; nil if it is gone.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }
}
