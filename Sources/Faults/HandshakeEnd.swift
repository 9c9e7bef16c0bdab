public import FaultKit

/// Ends or falls silent before a message of the handshake.
public struct HandshakeEnd: StreamFault {
    public static let manual = Manual(
        name: "handshake-end",
        summary: "ends the connection, or falls silent, before a message of the server's handshake",
        requirement:
            "The client gives up after a time of its own, says that TLS has failed, and can try again.",
        knobs: [
            .init(
                "before",
                "server-hello (default), certificate, key-exchange (CertificateVerify in TLS 1.3), done "
                    + "(ServerHelloDone of TLS 1.2), or finished"),
            .init("ending", "cut (default), clean, reset or hang"),
        ],
        example: ["before": "certificate", "ending": "hang"])

    public static let unit = StreamUnit.record

    private enum Message: String, CaseIterable, KnobValue {
        case certificate, done, finished
        case serverHello = "server-hello"
        case keyExchange = "key-exchange"
    }

    private let before: Message
    private let ending: Ending
    /// Encrypted records of the handshake so far.
    private var encrypted = 0
    private var isTLS13 = false
    private var hasChangedCipher = false
    private var isOver = false

    /// Reads `before` and `ending`.
    public init(_ knobs: inout Knobs) throws {
        self.before = try knobs.read("before", default: .serverHello)
        self.ending = try knobs.read("ending", default: .cut)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if !self.isOver, self.message(of: chunk) == self.before {
            self.isOver = true
            return outlet.end(self.ending)
        }
        outlet.send(chunk)
    }

    /// The message that a record holds, as far as it is one of those.
    private mutating func message(of record: Chunk) -> Message? {
        switch TLSRecord.type(of: record) {
        case TLSRecord.handshake where self.hasChangedCipher && !self.isTLS13:
            return .finished
        case TLSRecord.handshake:
            // HandshakeType (RFC 8446 §4, RFC 5246 §7.4).
            switch TLSRecord.message(of: record) {
            case 2:
                self.isTLS13 = ServerHello(record)?.isTLS13 ?? false
                return .serverHello
            case 11: return .certificate
            case 12: return .keyExchange
            case 14: return .done
            default: return nil
            }
        case 20:
            self.hasChangedCipher = true
            return nil
        case TLSRecord.applicationData where self.isTLS13:
            // EncryptedExtensions, Certificate, CertificateVerify, Finished (RFC 8446 §2), a record each.
            self.encrypted += 1
            switch self.encrypted {
            case 2: return .certificate
            case 3: return .keyExchange
            case 4: return .finished
            default: return nil
            }
        default: return nil
        }
    }
}
