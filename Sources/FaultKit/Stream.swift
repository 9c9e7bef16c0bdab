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
        part.edited = self.edited.filter(places.contains)
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
        if let position = self.edited.firstIndex(where: { $0 >= place }) {
            if self.edited[position] != place { self.edited.insert(place, at: position) }
        } else {
            self.edited.append(place)
        }
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
        /// Bytes were sent that are not the stream's, or not at their place.
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

/// Where a stream fault sends what is to come out of the stream.
///
/// The outlet knows which byte an honest server would send next, and so sees for itself each
/// deviation: a fault cannot strike without evidence, nor claim a strike that was none.
public struct Outlet: Sendable {
    private var steps: [Step] = []
    private var strikes: [Strike] = []
    /// The place that an honest server would send next; nil before the first chunk.
    private var position: Int?
    /// Place behind the last byte that the fault was handed.
    private var handed = 0
    /// The honest stream is over, so an orderly end is no deviation.
    private var isFinishing = false
    /// Whether the stream was ended; what is sent afterwards is discarded.
    public private(set) var hasEnded = false

    public init() {}

    /// Sends bytes of the stream. Sending those of a later place drops what lies between.
    public mutating func send(_ chunk: Chunk) {
        guard !self.hasEnded, !chunk.isEmpty else { return }
        let position = self.position ?? chunk.offset
        if chunk.offset > position {
            self.strikes.append(
                Strike(kind: .dropped, offset: position, count: chunk.offset - position))
        } else if chunk.offset < position {
            self.strikes.append(Strike(kind: .inserted, offset: chunk.offset, count: chunk.count))
        }
        for place in chunk.edited {
            self.strikes.append(Strike(kind: .altered, offset: place, count: 1))
        }
        self.position = max(position, chunk.end)
        self.steps.append(.send(chunk.bytes))
    }

    /// Sends bytes that are none of the stream's.
    public mutating func insert(_ bytes: ByteBuffer) {
        guard !self.hasEnded, bytes.readableBytes > 0 else { return }
        self.strike(.inserted, count: bytes.readableBytes)
        self.steps.append(.send(bytes))
    }

    /// Makes what was sent so far a segment of its own.
    public mutating func push() {
        guard !self.hasEnded else { return }
        self.strike(.pushed)
        self.steps.append(.push)
    }

    /// Waits before the next step. Nothing if the time is not positive.
    public mutating func wait(_ time: TimeAmount) {
        guard !self.hasEnded, time > .zero else { return }
        self.strike(.waited(time))
        self.steps.append(.wait(time))
    }

    /// Ends the stream. What the fault was handed and has not sent is not sent.
    public mutating func end(_ ending: Ending) {
        guard !self.hasEnded else { return }
        if !self.isFinishing || ending != .clean { self.strike(.ended(ending)) }
        self.steps.append(.end(ending))
        self.hasEnded = true
    }

    private mutating func strike(_ kind: Strike.Kind, count: Int = 0) {
        self.strikes.append(Strike(kind: kind, offset: self.position ?? 0, count: count))
    }
}

// MARK: - The engine's side

extension Outlet {
    /// Hands a chunk of the honest stream to a fault.
    package mutating func run<Fault: StreamFault>(
        _ fault: inout Fault, _ chunk: Chunk, _ dice: inout Dice
    ) {
        if self.position == nil || chunk.offset != self.handed {
            // The stream begins, or has a gap of its own, as between the parts of several ranges.
            self.noteDropped()
            self.position = chunk.offset
        }
        self.handed = chunk.end
        fault.pass(chunk, to: &self, using: &dice)
    }

    /// Tells a fault that the honest stream has ended.
    package mutating func finish<Fault: StreamFault>(_ fault: inout Fault, _ dice: inout Dice) {
        guard !self.hasEnded else { return }
        self.isFinishing = true
        fault.finish(&self, using: &dice)
        if self.steps.last == .end(.clean) { self.noteDropped() }
        self.end(.clean)
    }

    /// What the fault was handed and has neither sent nor can send any more.
    private mutating func noteDropped() {
        guard let position = self.position, position < self.handed else { return }
        let count = self.handed - position
        self.strikes.append(Strike(kind: .dropped, offset: position, count: count))
    }

    /// The steps since the last call.
    package mutating func takeSteps() -> [Step] {
        defer { self.steps.removeAll(keepingCapacity: true) }
        return self.steps
    }

    /// The strikes since the last call.
    package mutating func takeStrikes() -> [Strike] {
        defer { self.strikes.removeAll(keepingCapacity: true) }
        return self.strikes
    }
}
