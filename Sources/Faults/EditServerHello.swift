public import FaultKit

/// Has somebody between client and server change what the ServerHello says.
public struct EditServerHello: StreamFault {
    public static let manual = Manual(
        name: "edit-server-hello",
        summary:
            "changes what the ServerHello says on its way: version, cipher suite, downgrade marker",
        requirement:
            "The client refuses what it has not offered with illegal_parameter or protocol_version (RFC 8446 "
            + "§4.1.3), and any change at the end of the handshake at the latest.",
        knobs: [
            .init("version", "the version, such as 0x0302; default as it is"),
            .init("cipher", "the cipher suite, such as 0x0005; default as it is"),
            .init(
                "marker",
                "1.2 or 1.1: the end of the random says that a server of TLS 1.3 was brought down to that "
                    + "(RFC 8446 §4.1.3); default as it is"),
        ],
        example: ["version": "0x0302"])

    public static let unit = StreamUnit.record

    private enum Marker: String, CaseIterable, KnobValue {
        case tls1_2 = "1.2"
        case tls1_1 = "1.1"
    }

    private let version: UInt16?
    private let cipher: UInt16?
    private let marker: Marker?
    private var isOver = false

    /// Reads `version`, `cipher` and `marker`.
    public init(_ knobs: inout Knobs) throws {
        self.version = try knobs.readIfSet("version", as: FieldNumber<UInt16>.self)?.value
        self.cipher = try knobs.readIfSet("cipher", as: FieldNumber<UInt16>.self)?.value
        self.marker = try knobs.readIfSet("marker")
        guard self.version != nil || self.cipher != nil || self.marker != nil else {
            throw KnobError(
                knob: "version",
                "'version' is missing, and so are 'cipher' and 'marker'; write one of them")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard !self.isOver, let hello = ServerHello(chunk) else { return outlet.send(chunk) }
        self.isOver = true
        var record = chunk
        func put(_ value: UInt16, at place: Int) {
            record.edit(at: place) { _ in UInt8(value >> 8) }
            record.edit(at: place + 1) { _ in UInt8(value & 0xFF) }
        }
        if let version { put(version, at: hello.version) }
        if let cipher { put(cipher, at: hello.cipher) }
        if let marker {
            let text = Array("DOWNGRD".utf8) + [marker == .tls1_2 ? 1 : 0]
            for (index, byte) in text.enumerated() {
                record.edit(at: hello.random + 24 + index) { _ in byte }
            }
        }
        outlet.send(record)
    }
}
