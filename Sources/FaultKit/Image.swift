/// Firmware as it is served: sources of bytes, one behind the other.
///
/// Edits cost what they write, not what the image holds, and a range reads only what it needs. All of
/// them are one: a range gives way to another source, which may be a ``slice(_:)`` of an image. Two
/// sectors change places without being read:
///
/// ```swift
/// let (first, second) = (image.slice(0..<4096), image.slice(4096..<8192))
/// image.replace(0..<4096, with: second)
/// image.replace(4096..<8192, with: first)
/// ```
public struct Image: ByteSource {
    /// The file's name, for events and errors.
    public let name: String
    /// Tells what the edits made of the image, so that an entity tag can tell two contents apart: the
    /// same edits give the same number in every run, and 0 is the honest image.
    public private(set) var edits: UInt64 = 0
    /// What faults say of their edits, in their order: `header.chip_id esp32 → esp32s3`.
    public private(set) var notes: [String] = []
    /// Signs edited images; nil where none are signed. The engine sets it before faults edit.
    public var signer: (any ImageSigner)?
    /// What the image was made of, for its fingerprint: its pieces need not be of it any more. It is no
    /// image; if one was given, this is its source, with its edits.
    private let origin: (source: any ByteSource, edits: UInt64)
    /// In the order of the image's bytes; none is empty, and none is of an image.
    private var pieces: [Piece]
    /// Where each piece begins in the image, and behind the last the image's end.
    private var starts: [Int]

    /// A source as it was put in, so that what came of it is known again.
    private final class Material: Sendable {
        let source: any ByteSource
        init(_ source: any ByteSource) { self.source = source }
    }

    /// Consecutive bytes of a source.
    private struct Piece: Sendable {
        let material: Material
        let range: Range<Int>

        func part(_ range: Range<Int>) -> Piece {
            let start = self.range.lowerBound
            return Piece(
                material: self.material, range: start + range.lowerBound..<start + range.upperBound)
        }
    }

    public init(name: String, source: some ByteSource) {
        self.name = name
        let image = source as? Image
        self.origin = image.map { ($0.origin.source, $0.ownEdits) } ?? (source, 0)
        self.pieces = Self.pieces(of: source)
        self.starts = Self.starts(of: self.pieces, from: 0) + [source.count]
    }

    /// An image in memory.
    public init(name: String, bytes: [UInt8]) {
        self.init(name: name, source: Memory(bytes: bytes))
    }

    public var count: Int { self.starts[self.starts.count - 1] }
    public var isEmpty: Bool { self.count == 0 }

    /// Stands for the bytes where the image is put into another.
    public var fingerprint: UInt64 { self.origin.source.fingerprint.mixed(with: self.ownEdits) }

    /// The edits since the source was no image.
    private var ownEdits: UInt64 { self.origin.edits.mixed(with: self.edits) }

    // MARK: Edits

    /// Puts a source in the place of bytes; the counts may differ, so this also inserts, cuts and
    /// appends. Nothing is read. Of an image its pieces are taken, so that however images are put into
    /// images, a read finds its bytes in one step.
    /// - Precondition: the range lies in the image.
    public mutating func replace(_ range: Range<Int>, with source: some ByteSource) {
        self.check(range)
        self.splice(range, Self.pieces(of: source), count: source.count)
        for word in [range.lowerBound, range.count, source.count] {
            self.edits = self.edits.mixed(with: UInt64(bitPattern: Int64(word)))
        }
        self.edits = self.edits.mixed(with: source.fingerprint)
    }

    /// Puts bytes in the place of others, as ``replace(_:with:)`` does with any source.
    /// - Precondition: the range lies in the image.
    public mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        self.replace(range, with: Memory(bytes: bytes))
    }

    /// Changes one byte.
    /// - Throws: ``ImageError`` if it cannot be read.
    public mutating func edit(at place: Int, _ change: (UInt8) -> UInt8) throws {
        let old = try self.bytes(in: place..<place + 1)[0]
        self.replace(place..<place + 1, with: [change(old)])
    }

    /// Says of an edit what places and bytes do not: what they mean. The journal tells it.
    public mutating func note(_ change: String) { self.notes.append(change) }

    /// A part of the image as an image: to be moved or copied to another place. Nothing is read.
    /// - Precondition: the range lies in the image.
    public func slice(_ range: Range<Int>) -> Image {
        self.check(range)
        var slice = self
        slice.splice(range.upperBound..<self.count, [], count: 0)
        slice.splice(0..<range.lowerBound, [], count: 0)
        for word in [range.lowerBound, range.count] {
            slice.edits = slice.edits.mixed(with: UInt64(bitPattern: Int64(word)))
        }
        return slice
    }

    /// Replaces the pieces that the range touches and shifts those behind it.
    private mutating func splice(_ range: Range<Int>, _ new: [Piece], count: Int) {
        let first = self.index(of: range.lowerBound)
        let touched = first..<min(self.index(of: range.upperBound) + 1, self.pieces.count)
        var parts = new
        if let last = touched.last {
            let (head, tail) = (self.pieces[first], self.pieces[last])
            parts.insert(head.part(0..<range.lowerBound - self.starts[first]), at: 0)
            parts.append(tail.part(range.upperBound - self.starts[last]..<tail.range.count))
            parts.removeAll(where: \.range.isEmpty)
        }
        let starts = Self.starts(of: parts, from: self.starts[first])
        self.pieces.replaceSubrange(touched, with: parts)
        self.starts.replaceSubrange(touched, with: starts)
        guard count != range.count else { return }
        for index in first + parts.count..<self.starts.count {
            self.starts[index] += count - range.count
        }
    }

    private static func pieces(of source: some ByteSource) -> [Piece] {
        if let image = source as? Image { return image.pieces }
        return source.count > 0
            ? [Piece(material: Material(source), range: 0..<source.count)] : []
    }

    private static func starts(of pieces: [Piece], from start: Int) -> [Int] {
        var start = start
        return pieces.map { piece in
            defer { start += piece.range.count }
            return start
        }
    }

    // MARK: Reading

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

    /// Hands the bytes at these places on in their order, a window at a time, all through one buffer:
    /// for digests and searches over images that memory should not hold. May block on a disk.
    /// - Parameters:
    ///   - size: bytes of a window, from 1; the last one may have fewer.
    ///   - body: must not keep the buffer.
    /// - Precondition: the range lies in the image.
    /// - Throws: ``ImageError`` if the bytes cannot be read, and what `body` throws.
    public func forEachWindow(
        in range: Range<Int>, size: Int = 65_536, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        precondition(size > 0, "a window of \(size) bytes shows nothing")
        self.check(range)
        try withUnsafeTemporaryAllocation(byteCount: min(size, range.count), alignment: 16) {
            buffer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                let count = min(size, range.upperBound - start)
                let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                _ = try self.read(into: window, at: start, waiting: true)
                try body(UnsafeRawBufferPointer(window))
            }
        }
    }

    /// Whether another image has the same bytes. What both have of the same source is not read: for an
    /// image and what an edit made of it, this costs what the edit wrote. May block on a disk.
    /// - Throws: ``ImageError`` if the bytes cannot be read.
    public func hasSameBytes(as other: Image) throws -> Bool {
        guard self.count == other.count else { return false }
        return try self.forEachDifference(from: other) { _, own, its in own == its }
    }

    /// Hands over the bytes of two images of one length wherever they are not of the same place of the
    /// same source, in parts of at most 64 KiB. Others are not read. May block on a disk.
    /// - Parameter body: is given where a part begins, its bytes in this image and in the other, which may
    ///   be equal; false ends the walk.
    /// - Returns: whether the walk came to the end.
    /// - Throws: ``ImageError`` if the bytes cannot be read.
    @discardableResult
    public func forEachDifference(
        from other: Image, _ body: (Int, [UInt8], [UInt8]) throws -> Bool
    ) throws -> Bool {
        precondition(self.count == other.count, "images of different lengths have no common places")
        var place = 0
        while place < self.count {
            let (own, its) = (self.index(of: place), other.index(of: place))
            let (piece, counterpart) = (self.pieces[own], other.pieces[its])
            let shift = piece.range.lowerBound - self.starts[own]
            let isShared =
                piece.material === counterpart.material
                && shift == counterpart.range.lowerBound - other.starts[its]
            var end = min(self.starts[own + 1], other.starts[its + 1])
            if !isShared {
                end = min(end, place + 65_536)
                let range = place..<end
                guard try body(place, self.bytes(in: range), other.bytes(in: range)) else {
                    return false
                }
            }
            place = end
        }
        return true
    }

    /// Fills the buffer with the bytes from an offset on.
    /// - Precondition: the bytes lie in the image.
    /// - Returns: false, with the buffer's contents undefined, if a disk would have to be waited for.
    /// - Throws: ``ImageError`` if they cannot be read.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        self.check(offset..<offset + buffer.count)
        var filled = 0
        var index = self.index(of: offset)
        while filled < buffer.count {
            let piece = self.pieces[index]
            let inside = offset + filled - self.starts[index]
            let count = min(piece.range.count - inside, buffer.count - filled)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
            let start = piece.range.lowerBound + inside
            guard
                try piece.material.source.read(into: target, at: start, waiting: waiting)
            else { return false }
            filled += count
            index += 1
        }
        return true
    }

    private func check(_ range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= self.count,
            "an image of \(self.count) bytes has none at \(range)")
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
