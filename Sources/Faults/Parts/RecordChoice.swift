import FaultKit

/// Which TLS record a fault strikes: the n-th of a type (RFC 8446 §5.1).
struct RecordChoice: Sendable {
    enum Kind: String, CaseIterable, KnobValue {
        case any, handshake, data

        /// As in a record's first byte.
        fileprivate func includes(_ type: UInt8?) -> Bool {
            switch self {
            case .any: true
            case .handshake: type == TLSRecord.handshake
            case .data: type == TLSRecord.applicationData
            }
        }
    }

    static let knobs: [Manual.Knob] = [
        .init("record", "which record of those, from 1; default 3"),
        .init(
            "of",
            "data (default): records of application data, which those of TLS 1.3's handshake behind the "
                + "ServerHello say they are too; handshake: of the plaintext handshake; or any"),
    ]

    private let number: Int
    private let kind: Kind
    private var seen = 0

    /// Reads `record` and `of`.
    init(_ knobs: inout Knobs) throws {
        self.number = try knobs.read("record", default: 3)
        self.kind = try knobs.read("of", default: .data)
        guard self.number >= 1 else {
            throw KnobError(knob: "record", "'record' is out of range; write a number from 1")
        }
    }

    /// Counts a record.
    /// - Returns: whether it is the one.
    mutating func isNext(_ record: Chunk) -> Bool {
        guard self.kind.includes(TLSRecord.type(of: record)) else { return false }
        self.seen += 1
        return self.seen == self.number
    }
}
