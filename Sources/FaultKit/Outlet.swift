public import NIOCore

/// Where a stream fault sends what is to come out of the stream.
///
/// The outlet knows which byte an honest server would send next, and so sees for itself each
/// deviation: a fault cannot strike without evidence, nor claim a strike that was none.
public struct Outlet: Sendable {
    private var steps: [Step] = []
    private var strikes: [Strike] = []
    /// What the fault was handed and an honest server would send now, in this order. More than one range
    /// only if the stream itself has gaps, as between the parts of several ranges.
    private var due: [Range<Int>] = []
    /// Place behind the last byte that the fault was handed.
    private var handed = 0
    /// The honest stream is over, so an orderly end is no deviation.
    private var isFinishing = false
    /// Nothing was sent since the last push, so that another is no deviation.
    private var isPushed = true
    /// Whether the stream was ended; what is sent afterwards is discarded.
    public private(set) var hasEnded = false

    public init() {}

    /// The place that an honest server would send next.
    private var position: Int { self.due.first?.lowerBound ?? self.handed }

    /// Sends bytes of the stream. Sending those of a later place drops what lies between; sending some
    /// for a second time inserts them.
    public mutating func send(_ chunk: Chunk) {
        guard !self.hasEnded, !chunk.isEmpty else { return }
        let honest = self.skip(to: chunk.range)
        self.strikeInserted(honest.lowerBound - chunk.offset)
        self.settle(honest)
        for place in chunk.edited where honest.contains(place) { self.strikeAltered(at: place) }
        self.strikeInserted(chunk.end - honest.upperBound)
        self.emit(chunk.bytes)
    }

    /// Sends bytes that are none of the stream's.
    public mutating func insert(_ bytes: ByteBuffer) {
        guard !self.hasEnded, bytes.readableBytes > 0 else { return }
        self.strikeInserted(bytes.readableBytes)
        self.emit(bytes)
    }

    /// Makes what was sent so far a segment of its own. Nothing if nothing was sent since the last push.
    public mutating func push() {
        guard !self.hasEnded, !self.isPushed else { return }
        self.strike(.pushed)
        self.steps.append(.push)
        self.isPushed = true
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

    private mutating func emit(_ bytes: ByteBuffer) {
        self.steps.append(.send(bytes))
        self.isPushed = false
    }
}

// MARK: - What is due, and what deviates from it

extension Outlet {
    /// Gives up what is due before these places.
    /// - Returns: those of the places that are due next; none, at the places' end, if they are not due.
    private mutating func skip(to places: Range<Int>) -> Range<Int> {
        guard let index = self.due.firstIndex(where: { $0.overlaps(places) }) else {
            return places.upperBound..<places.upperBound
        }
        let next = self.due[index].clamped(to: places)
        for range in self.due[..<index] { self.strikeDropped(range) }
        self.strikeDropped(self.due[index].lowerBound..<next.lowerBound)
        self.due[index] = next.lowerBound..<self.due[index].upperBound
        self.due.removeFirst(index)
        return next
    }

    /// Notes that what was due next is sent.
    private mutating func settle(_ places: Range<Int>) {
        guard !places.isEmpty else { return }
        if places.upperBound == self.due[0].upperBound {
            self.due.removeFirst()
        } else {
            self.due[0] = places.upperBound..<self.due[0].upperBound
        }
    }

    private mutating func strike(_ kind: Strike.Kind) {
        self.strikes.append(Strike(kind: kind, offset: self.position))
    }

    private mutating func strikeInserted(_ count: Int) {
        guard count > 0 else { return }
        self.strikes.append(Strike(kind: .inserted, offset: self.position, count: count))
    }

    private mutating func strikeDropped(_ places: Range<Int>) {
        guard !places.isEmpty else { return }
        self.strikes.append(
            Strike(kind: .dropped, offset: places.lowerBound, count: places.count))
    }

    /// Neighbours are one strike: a fault may alter every byte of a stream.
    private mutating func strikeAltered(at place: Int) {
        if let last = self.strikes.last, last.kind == .altered, last.offset + last.count == place {
            self.strikes[self.strikes.count - 1] =
                Strike(kind: .altered, offset: last.offset, count: last.count + 1)
        } else {
            self.strikes.append(Strike(kind: .altered, offset: place, count: 1))
        }
    }
}

// MARK: - The engine's side

extension Outlet {
    /// Hands a chunk of the honest stream to a fault. Nothing once the stream was ended.
    ///
    /// A chunk that does not begin where the last one ended begins after a gap of the stream's own, as
    /// between the parts of several ranges.
    package mutating func run<Fault: StreamFault>(
        _ fault: inout Fault, _ chunk: Chunk, _ dice: inout Dice
    ) {
        guard !self.hasEnded else { return }
        if let last = self.due.last, last.upperBound == chunk.offset {
            self.due[self.due.count - 1] = last.lowerBound..<chunk.end
        } else if !chunk.isEmpty {
            self.due.append(chunk.range)
        }
        self.handed = chunk.end
        fault.pass(chunk, to: &self, using: &dice)
    }

    /// Tells a fault that the stream begins.
    package mutating func begin<Fault: StreamFault>(_ fault: inout Fault, _ dice: inout Dice) {
        fault.begin(&self, using: &dice)
    }

    /// Tells a fault that the honest stream has ended.
    package mutating func finish<Fault: StreamFault>(_ fault: inout Fault, _ dice: inout Dice) {
        guard !self.hasEnded else { return }
        self.isFinishing = true
        fault.finish(&self, using: &dice)
        self.end(.clean)
        // An orderly end says that this was all: what is still due was left out.
        if self.steps.last == .end(.clean) { self.due.forEach { self.strikeDropped($0) } }
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
