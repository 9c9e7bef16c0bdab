/// Where the bytes of an image lie: a file, or memory.
public protocol ByteSource: Sendable {
    var count: Int { get }

    /// Fills the buffer with the bytes from an offset on.
    /// - Parameter waiting: whether the call may block until a disk has answered.
    /// - Returns: false, and nothing read, if it would have to block and must not.
    /// - Throws: ``ImageError`` if the bytes cannot be read.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool
}

/// What is wrong with an image.
public struct ImageError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Firmware as it is served: a source of bytes with edits laid over it.
///
/// Edits cost what they write, not what the image holds, and a range reads only what it needs.
public struct Image: Sendable {
    /// The file's name, for events and errors.
    public let name: String
    /// Changed by each edit, so that an entity tag can tell two contents apart.
    public private(set) var edits: UInt64 = 0
    private let source: any ByteSource
    /// In the order of the image's bytes; none is empty.
    private var pieces: [Piece]
    /// Where each piece begins in the image, and behind the last the image's end.
    private var starts: [Int]

    private enum Piece: Sendable {
        case source(Range<Int>)
        case bytes([UInt8])

        var count: Int {
            switch self {
            case .source(let range): range.count
            case .bytes(let bytes): bytes.count
            }
        }

        func part(_ range: Range<Int>) -> Piece {
            switch self {
            case .source(let whole):
                .source(whole.lowerBound + range.lowerBound..<whole.lowerBound + range.upperBound)
            case .bytes(let bytes):
                .bytes(Array(bytes[range]))
            }
        }
    }

    public init(name: String, source: any ByteSource) {
        self.name = name
        self.source = source
        self.pieces = source.count > 0 ? [.source(0..<source.count)] : []
        self.starts = source.count > 0 ? [0, source.count] : [0]
    }

    /// An image in memory.
    public init(name: String, bytes: [UInt8]) {
        self.init(name: name, source: Memory(bytes: bytes))
    }

    public var count: Int { self.starts[self.starts.count - 1] }
    public var isEmpty: Bool { self.count == 0 }

    /// Puts bytes in the place of others; the counts may differ, so this also inserts, cuts and appends.
    /// - Precondition: the range lies in the image.
    public mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= self.count,
            "an image of \(self.count) bytes has none at \(range)")
        self.splice(range, bytes)
        for word in [UInt64(range.lowerBound), UInt64(range.count)] + bytes.map(UInt64.init) {
            // FNV-1a, a word at a time: cheap, and the same in every run.
            self.edits = (self.edits ^ word) &* 0x100_0000_01B3 &+ 1
        }
    }

    /// Replaces the pieces that the range touches and shifts those behind it.
    private mutating func splice(_ range: Range<Int>, _ bytes: [UInt8]) {
        let first = self.index(of: range.lowerBound)
        let touched = first..<min(self.index(of: range.upperBound) + 1, self.pieces.count)
        var parts: [Piece] = bytes.isEmpty ? [] : [.bytes(bytes)]
        if let last = touched.last {
            let (head, tail) = (self.pieces[first], self.pieces[last])
            parts.insert(head.part(0..<range.lowerBound - self.starts[first]), at: 0)
            parts.append(tail.part(range.upperBound - self.starts[last]..<tail.count))
            parts.removeAll { $0.count == 0 }
        }
        var start = self.starts[first]
        let starts = parts.map { part in
            defer { start += part.count }
            return start
        }
        self.pieces.replaceSubrange(touched, with: parts)
        self.starts.replaceSubrange(touched, with: starts)
        guard bytes.count != range.count else { return }
        for index in first + parts.count..<self.starts.count {
            self.starts[index] += bytes.count - range.count
        }
    }

    /// Changes one byte.
    public mutating func edit(at place: Int, _ change: (UInt8) -> UInt8) throws {
        let old = try self.bytes(in: place..<place + 1)[0]
        self.replace(place..<place + 1, with: [change(old)])
    }

    /// The bytes at these places. May block on a disk: not for the data path.
    /// - Throws: ``ImageError`` if they cannot be read.
    public func bytes(in range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            _ = try self.read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]),
                at: range.lowerBound, waiting: true)
            count = range.count
        }
    }

    /// Fills the buffer with the bytes from an offset on.
    /// - Precondition: the bytes lie in the image.
    /// - Returns: false, with the buffer's contents undefined, if a disk would have to be waited for.
    /// - Throws: ``ImageError`` if they cannot be read.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        precondition(
            offset >= 0 && offset + buffer.count <= self.count,
            "an image of \(self.count) bytes has none at \(offset)..<\(offset + buffer.count)")
        var filled = 0
        var index = self.index(of: offset)
        while filled < buffer.count {
            let inside = offset + filled - self.starts[index]
            let count = min(self.pieces[index].count - inside, buffer.count - filled)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
            switch self.pieces[index] {
            case .source(let range):
                let start = range.lowerBound + inside
                guard try self.source.read(into: target, at: start, waiting: waiting) else {
                    return false
                }
            case .bytes(let bytes):
                bytes.withUnsafeBytes {
                    target.copyMemory(from: .init(rebasing: $0[inside..<inside + count]))
                }
            }
            filled += count
            index += 1
        }
        return true
    }

    /// The piece that holds a place, by bisection.
    private func index(of place: Int) -> Int {
        var low = 0
        var high = self.pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.starts[middle] <= place { low = middle } else { high = middle }
        }
        return low
    }
}

private struct Memory: ByteSource {
    let bytes: [UInt8]
    var count: Int { self.bytes.count }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        self.bytes.withUnsafeBytes {
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
        }
        return true
    }
}
