import FaultKit
import NIOCore

/// TLS records (RFC 8446 §5.1): type, two bytes of version, two of length, and the fragment.
enum TLSRecord {
    static let headerLength = 5
    static let alert: UInt8 = 21
    static let handshake: UInt8 = 22
    static let applicationData: UInt8 = 23

    /// The first byte of a record.
    static func type(of record: Chunk) -> UInt8? { record.bytes.readableBytesView.first }

    /// The handshake message that a record of plaintext begins with (RFC 8446 §4); nil for other records.
    static func message(of record: Chunk) -> UInt8? {
        guard Self.type(of: record) == Self.handshake, record.count > Self.headerLength else {
            return nil
        }
        return record.bytes.readableBytesView.dropFirst(Self.headerLength).first
    }

    /// A record that no cipher has touched.
    static func plain(_ type: UInt8, _ fragment: [UInt8] = []) -> ByteBuffer {
        ByteBuffer(
            bytes: [type, 3, 3, UInt8(fragment.count >> 8), UInt8(fragment.count & 0xFF)] + fragment
        )
    }

    /// A record whose header says that it is as long as this.
    static func setLength(of record: inout Chunk, to length: Int) {
        record.edit(at: record.offset + 3) { _ in UInt8(length >> 8) }
        record.edit(at: record.offset + 4) { _ in UInt8(length & 0xFF) }
    }
}
