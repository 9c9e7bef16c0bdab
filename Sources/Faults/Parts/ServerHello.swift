import FaultKit
import NIOCore

/// The places in a record that begins with a ServerHello (RFC 8446 §4.1.3): record header, message header, version,
/// random, session id, cipher suite, compression, extensions.
struct ServerHello {
    /// Places in the stream.
    let version: Int
    let random: Int
    let cipher: Int
    /// Whether the extension supported_versions says 1.3.
    let isTLS13: Bool

    /// Nil if the record holds none.
    init?(_ record: Chunk) {
        let bytes = Array(record.bytes.readableBytesView)
        let start = TLSRecord.headerLength + 4
        guard TLSRecord.message(of: record) == 2, bytes.count > start + 34 else { return nil }
        let session = start + 34
        let cipher = session + 1 + Int(bytes[session])
        guard bytes.count >= cipher + 3 else { return nil }
        self.version = record.offset + start
        self.random = record.offset + start + 2
        self.cipher = record.offset + cipher
        var place = cipher + 5
        var isTLS13 = false
        while place + 4 <= bytes.count {
            let id = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            if id == 43, length == 2, place + 6 <= bytes.count {
                isTLS13 = bytes[place + 4] == 3 && bytes[place + 5] == 4
            }
            place += 4 + length
        }
        self.isTLS13 = isTLS13
    }
}
