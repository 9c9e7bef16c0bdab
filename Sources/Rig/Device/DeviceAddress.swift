/// Which device is tested: `board`, `exec:COMMAND`, or `serial:PATH@BAUD`.
public enum DeviceAddress: Sendable, Hashable {
    /// The virtual board.
    case board
    /// A shell's command with the device's console on standard input and output.
    case command(String)
    /// A board on a serial line.
    case serial(SerialAddress)

    public static let form = "board, exec:COMMAND, or serial:PATH[@BAUD]"

    /// - Throws: ``RigError`` that says what to write.
    public init(_ text: String) throws {
        if text == "board" {
            self = .board
        } else if text.hasPrefix("exec:"), text.count > 5 {
            self = .command(String(text.dropFirst(5)))
        } else if text.hasPrefix("serial:") {
            self = .serial(try SerialAddress(String(text.dropFirst(7))))
        } else {
            throw RigError("no device is called '\(text)'; write \(Self.form)")
        }
    }
}

extension DeviceAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .board: "board"
        case .command(let command): "exec:\(command)"
        case .serial(let line): "serial:\(line.path)@\(line.baud)"
        }
    }
}

/// A serial line and its rate: `/dev/ttyUSB0@115200`.
public struct SerialAddress: Sendable, Hashable {
    public let path: String
    /// In baud; ESP-IDF's default is 115200.
    public let baud: Int

    /// - Throws: ``RigError`` that says what to write.
    public init(_ text: String) throws {
        // A path may have an '@' of its own: only what stands last, and is a number, is a rate.
        let mark = text.lastIndex(of: "@")
        let rate = mark.map { text[text.index(after: $0)...] } ?? ""
        let hasRate = mark != nil && !rate.contains("/")
        self.path = hasRate ? String(text[..<mark!]) : text
        guard self.path.hasPrefix("/") else {
            throw RigError(
                "'serial:\(text)' names no device; write its path, as in serial:/dev/ttyUSB0")
        }
        self.baud = hasRate ? Int(rate) ?? 0 : 115_200
        guard SerialPort.rates[self.baud] != nil else {
            let rates = SerialPort.rates.keys.sorted().map(String.init).joined(separator: ", ")
            throw RigError("no line has '\(rate)' baud; choose among \(rates)")
        }
    }
}
