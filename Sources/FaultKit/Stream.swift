public import NIOCore

/// How a stream ends.
public enum Ending: String, Sendable, Hashable, CaseIterable, KnobValue {
    /// As the protocol wants: the rest of the message, close_notify, FIN.
    case clean
    /// FIN and nothing said: no close_notify.
    case cut
    /// TCP RST, once the peer has acknowledged what was sent before it.
    case reset
    /// Silence; the connection stays open until the client leaves.
    case hang
    /// close_notify, then silence: TLS is closed, and TCP is not (RFC 8446 §6.1).
    case closeNotify = "close-notify"
}

/// Consecutive bytes of a stream.
public struct Chunk: Sendable, Hashable {
    /// Place of the first byte in the stream; on ``Place/body``, in the image.
    public let offset: Int
    /// Bytes in the whole stream (on ``Place/body``, in the whole image); nil where that is unknown.
    public let total: Int?
    /// The bytes. They are changed through ``edit(at:_:)``, so that the change is known.
    public private(set) var bytes: ByteBuffer
    /// Places whose byte is no longer the honest one, ascending.
    public private(set) var edited: [Int] = []
    /// The honest bytes of ``edited``, so that a byte that is changed back counts as honest again.
    private var honest: [UInt8] = []

    public init(offset: Int, total: Int?, bytes: ByteBuffer) {
        self.offset = offset
        self.total = total
        self.bytes = bytes
    }

    public var count: Int { self.bytes.readableBytes }
    public var isEmpty: Bool { self.count == 0 }
    /// Place behind the last byte.
    public var end: Int { self.offset + self.count }
    /// Places of the bytes in the stream.
    public var range: Range<Int> { self.offset..<self.end }

    /// Cuts the chunk in two at a place in the stream.
    ///
    /// - Returns: the bytes before the place, maybe none, and those from the place on. `after` is nil if
    ///   the stream has not come to the place yet, or began beyond it, so that a fault that strikes at
    ///   a place does not strike a range that misses it.
    public func split(at place: Offset) -> (before: Chunk, after: Chunk?) {
        guard let place = place.resolved(in: self.total), self.range.contains(place) else {
            return (self, nil)
        }
        return (self.slice(self.offset..<place), self.slice(place..<self.end))
    }

    /// The bytes at these places of the stream, which must lie in ``range``.
    public func slice(_ places: Range<Int>) -> Chunk {
        precondition(
            places.lowerBound >= self.offset && places.upperBound <= self.end,
            "a chunk of \(self.range) has no bytes at \(places)")
        let start = self.bytes.readerIndex + places.lowerBound - self.offset
        // The slice exists: it lies between the buffer's indices, as checked above.
        let bytes = self.bytes.getSlice(at: start, length: places.count)!
        var part = Chunk(offset: places.lowerBound, total: self.total, bytes: bytes)
        let edits = self.edit(from: places.lowerBound)..<self.edit(from: places.upperBound)
        part.edited = Array(self.edited[edits])
        part.honest = Array(self.honest[edits])
        return part
    }

    /// Changes the byte at a place of the stream, which must lie in ``range``.
    public mutating func edit(at place: Int, _ change: (UInt8) -> UInt8) {
        precondition(self.range.contains(place), "a chunk of \(self.range) has no byte at \(place)")
        let index = self.bytes.readerIndex + place - self.offset
        // The byte exists: its index lies between the buffer's indices, as checked above.
        let old: UInt8 = self.bytes.getInteger(at: index)!
        let new = change(old)
        guard new != old else { return }
        self.bytes.setInteger(new, at: index)
        let edit = self.edit(from: place)
        if edit == self.edited.count || self.edited[edit] != place {
            self.edited.insert(place, at: edit)
            self.honest.insert(old, at: edit)
        } else if self.honest[edit] == new {
            self.edited.remove(at: edit)
            self.honest.remove(at: edit)
        }
    }

    /// Index of the first edit at a place or behind it, by bisection.
    private func edit(from place: Int) -> Int {
        var low = 0
        var high = self.edited.count
        while low < high {
            let middle = (low + high) / 2
            if self.edited[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What a stream fault answers with, in order.
public enum Step: Sendable, Hashable {
    case send(ByteBuffer)
    /// What was sent so far goes out as a segment of its own.
    case push
    case wait(TimeAmount)
    case end(Ending)
}

/// A deviation from the honest stream: the evidence that a fault fired.
public struct Strike: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Bytes were changed.
        case altered
        /// Bytes were left out.
        case dropped
        /// Bytes were sent that are not the stream's, or not at their place; the strike's place is where
        /// the honest stream stood.
        case inserted
        /// Bytes went out as a segment of their own.
        case pushed
        case waited(TimeAmount)
        case ended(Ending)
    }

    public let kind: Kind
    /// Place in the stream.
    public let offset: Int
    /// Bytes concerned: altered, dropped, inserted; 0 for a wait, a push and an ending.
    public let count: Int

    public init(kind: Kind, offset: Int, count: Int = 0) {
        self.kind = kind
        self.offset = offset
        self.count = count
    }
}
