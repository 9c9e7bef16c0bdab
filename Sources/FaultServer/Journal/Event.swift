public import FaultKit

/// Something that happened, as the journal and the terminal tell it.
public struct Event: Sendable {
    /// Position in the journal, from 1.
    public let number: Int
    /// Milliseconds since the server started, on a clock that is never set.
    public let milliseconds: Double
    /// The connection's number, from 1.
    public let connection: Int?
    /// The request's number on its connection, from 1.
    public let request: Int?
    public let kind: Kind

    public enum Kind: Sendable {
        /// The journal begins. Every journal begins with the seed that replays it.
        case start(version: String, plan: String, seed: UInt64, rules: [String])
        case listening(url: String, host: String, port: Int)
        case accepted(client: String)
        /// A ClientHello was read (RFC 8446 §4.1.2).
        case hello(ClientHello)
        case handshake(
            version: String, cipher: String, alpn: String?, resumed: Bool, names: [String])
        /// The handshake did not come to its end.
        case handshakeFailed(reason: String, alert: Alert?)
        case request(method: String, target: String, range: String?, fields: Fields)
        /// A fault struck.
        case fault(FaultStrike)
        /// A response is over. `length` is what its head announced, `sent` the body's bytes that
        /// were handed to the connection.
        case response(status: Int, length: Int?, sent: Int, complete: Bool)
        /// An alert after the handshake (RFC 8446 §6).
        case alert(Alert)
        /// RST_STREAM or GOAWAY with an error (RFC 9113 §7).
        case http2Error(by: Alert.Sender, frame: String, code: String)
        /// A client met a limit.
        case limit(name: String, detail: String)
        /// Something failed that is neither the client's doing nor a fault's.
        case failure(String)
        case closed(Closing)
        /// The journal ends: how often each rule matched and struck.
        case stop(reason: String, tally: [Tally])
    }

    /// What is to be known of a ClientHello.
    public struct ClientHello: Sendable {
        /// Host name from the server_name extension; a device may send an address.
        public var serverName: String?
        public var protocols: [String] = []
        public var versions: [String] = []
        public var ciphers: [String] = []
        /// Groups of key exchange by their names in the registry, in the client's order (RFC 8446 §4.2.7).
        public var groups: [String] = []
        /// Versions, suites, extensions, groups and point formats as numbers, and the MD5 of them (JA3): the same
        /// for each hello of the same build of a client.
        public var ja3 = ""
        public var ja3Digest = ""

        public init() {}
    }

    /// A TLS alert and who sent it.
    public struct Alert: Sendable, Hashable {
        public enum Sender: String, Sendable { case client, server }
        public let number: Int
        public let isFatal: Bool
        public let sender: Sender

        public init(number: Int, isFatal: Bool, sender: Sender) {
            self.number = number
            self.isFatal = isFatal
            self.sender = sender
        }
    }

    /// The evidence that a rule struck.
    public struct FaultStrike: Sendable {
        /// The rule's position in the plan, from 0.
        public let rule: Int
        public let fault: String
        /// `image`, `response`, `handshake`, or the place of a tap.
        public let on: String
        /// What was done: `altered`, `dropped`, `inserted`, `pushed`, `waited`, `ended`, `edited`.
        public let action: String
        /// Place in the stream or image; nil where there is none.
        public var offset: Int?
        /// Bytes concerned.
        public var bytes: Int?
        /// Milliseconds waited.
        public var waited: Double?
        public var ending: Ending?
        /// How many strikes of this kind the event stands for.
        public var times = 1
        /// What changed, in words: `Content-Length: 602224 → 607224`.
        public var detail: String?

        public init(rule: Int, fault: String, on: String, action: String) {
            self.rule = rule
            self.fault = fault
            self.on = on
            self.action = action
        }
    }

    /// How a connection ended.
    public struct Closing: Sendable {
        public enum Side: String, Sendable { case client, server }
        public enum Manner: String, Sendable {
            /// FIN, after close_notify where there was TLS.
            case clean
            /// FIN without close_notify.
            case cut
            case reset
            /// The server stopped while the connection was open.
            case stopped
        }
        public var by: Side
        public var how: Manner
        /// Bytes that went to the socket and came from it.
        public var sent: Int
        public var received: Int
        /// Milliseconds since the connection was accepted.
        public var duration: Double
    }
}
