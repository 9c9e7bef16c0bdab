import NIOCore

/// A ClientHello as it came, taken apart (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2).
struct ClientHelloMessage: Sendable, Equatable {
    struct Extension: Sendable, Equatable {
        let type: Int
        let body: ByteBuffer
    }

    /// As in 0x0303.
    let legacyVersion: Int
    let cipherSuites: [Int]
    /// In the client's order.
    let extensions: [Extension]

    /// Reads a handshake message with its header of four bytes; nil if it is no whole ClientHello.
    init?(_ bytes: some Sequence<UInt8>) {
        var message = ByteBuffer(bytes: bytes)
        guard message.readInteger(as: UInt8.self) == 1,
            let high = message.readInteger(as: UInt8.self),
            let low = message.readInteger(as: UInt16.self),
            var body = message.readSlice(length: Int(high) << 16 | Int(low)),
            let version = body.readInteger(as: UInt16.self), body.readSlice(length: 32) != nil,
            body.readLengthPrefixedSlice(as: UInt8.self) != nil,
            let suites = body.readLengthPrefixedSlice(as: UInt16.self),
            body.readLengthPrefixedSlice(as: UInt8.self) != nil
        else { return nil }
        self.legacyVersion = Int(version)
        self.cipherSuites = suites.numbers
        var extensions: [Extension] = []
        // Before TLS 1.2, a hello may end here.
        var rest = body.readLengthPrefixedSlice(as: UInt16.self) ?? ByteBuffer()
        while let type = rest.readInteger(as: UInt16.self) {
            guard let content = rest.readLengthPrefixedSlice(as: UInt16.self) else { return nil }
            extensions.append(Extension(type: Int(type), body: content))
        }
        self.extensions = extensions
    }

    /// The first list, with a length before it, in the first extension of this type.
    private func list(_ type: Int, length: (some FixedWidthInteger).Type) -> ByteBuffer? {
        var body = self.extensions.first { $0.type == type }?.body
        return body?.readLengthPrefixedSlice(as: length)
    }

    /// The first host_name (RFC 6066 §3).
    var serverName: String? {
        var names = self.list(0, length: UInt16.self)
        guard names?.readInteger(as: UInt8.self) == 0,
            let name = names?.readLengthPrefixedSlice(as: UInt16.self), name.readableBytes > 0
        else { return nil }
        return String(buffer: name)
    }

    /// The protocols of ALPN (RFC 7301 §3.1).
    var protocols: [String] {
        var list = self.list(16, length: UInt16.self)
        var names: [String] = []
        while let name = list?.readLengthPrefixedSlice(as: UInt8.self) {
            names.append(String(buffer: name))
        }
        return names
    }

    /// supported_versions (RFC 8446 §4.2.1), or the hello's own.
    var versions: [Int] { self.list(43, length: UInt8.self)?.numbers ?? [self.legacyVersion] }

    /// supported_groups (RFC 8446 §4.2.7).
    var groups: [Int] { self.list(10, length: UInt16.self)?.numbers ?? [] }

    /// ec_point_formats (RFC 8422 §5.1.2).
    var pointFormats: [Int] {
        self.list(11, length: UInt8.self)?.readableBytesView.map { Int($0) } ?? []
    }
}

extension ByteBuffer {
    /// What is left, as numbers of two bytes.
    fileprivate var numbers: [Int] {
        var rest = self
        var numbers: [Int] = []
        while let number = rest.readInteger(as: UInt16.self) { numbers.append(Int(number)) }
        return numbers
    }
}
