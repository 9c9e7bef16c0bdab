/// A ClientHello, taken apart (RFC 5246, 7.4.1.2), with its record's header.
struct ClientHello {
    let recordVersion: UInt16
    let version: UInt16
    let suites: [UInt16]
    /// By type, in the order in which they came.
    let extensions: [(type: UInt16, bytes: [UInt8])]

    init(_ bytes: [UInt8]) {
        var at = 0
        func number(_ count: Int) -> Int {
            defer { at += count }
            return bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) }
        }
        at += 1
        self.recordVersion = UInt16(number(2))
        at += 2 + 4
        self.version = UInt16(number(2))
        at += 32
        at += number(1)
        self.suites = (0..<number(2) / 2).map { _ in UInt16(number(2)) }
        at += number(1)
        let end = number(2) + at
        var extensions: [(UInt16, [UInt8])] = []
        while at < end {
            let type = UInt16(number(2))
            let count = number(2)
            extensions.append((type, Array(bytes[at..<at + count])))
            at += count
        }
        self.extensions = extensions
    }

    /// The 16-bit numbers of an extension that is a list of them.
    func list(_ type: UInt16) -> [UInt16] {
        let bytes = self.extensions.first { $0.type == type }?.bytes.dropFirst(2) ?? []
        let pairs = Array(bytes)
        return stride(from: 0, to: pairs.count - 1, by: 2).map {
            UInt16(pairs[$0]) << 8 | UInt16(pairs[$0 + 1])
        }
    }
}
