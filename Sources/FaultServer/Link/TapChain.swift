import FaultKit
import NIOCore

/// The stream faults at one place of one stream, in the order of their rules.
///
/// Pure: bytes in, steps out. What one fault sends, the next one is handed; waits and pushes go past
/// it. A later fault counts the bytes that reach it.
struct TapChain {
    private var taps: [Tap]
    private(set) var hasEnded = false

    private struct Tap {
        let match: Match
        var fault: any StreamFault
        var dice: Dice
        var outlet = Outlet()
        /// Place behind the last byte that this tap was handed; nil before the first.
        var reached: Int?

        mutating func pass(_ chunk: Chunk) {
            self.reached = chunk.end
            self.outlet.run(&self.fault, chunk, &self.dice)
        }

        mutating func begin() { self.outlet.begin(&self.fault, &self.dice) }

        mutating func finish() { self.outlet.finish(&self.fault, &self.dice) }
    }

    /// - Parameter matches: only those whose hook is a stream fault at this place count.
    init(_ matches: [Match], on place: Place) {
        self.taps = matches.compactMap { match in
            guard case .stream(let fault, on: place) = match.rule.hook else { return nil }
            return Tap(match: match, fault: fault, dice: match.dice)
        }
    }

    var isEmpty: Bool { self.taps.isEmpty }

    /// Whether a fault wants whole TLS records.
    var wantsRecords: Bool { self.taps.contains { type(of: $0.fault).unit == .record } }

    /// The stream begins.
    mutating func begin() -> [Step] {
        var steps: [Step] = []
        let start = Chunk(offset: 0, total: nil, bytes: ByteBuffer())
        for index in self.taps.indices {
            self.taps[index].begin()
            self.forward(self.taps[index].outlet.takeSteps(), of: start, from: index, into: &steps)
        }
        return steps
    }

    /// The honest stream goes on.
    mutating func pass(_ chunk: Chunk) -> [Step] {
        var steps: [Step] = []
        self.pass(chunk, from: 0, into: &steps)
        return steps
    }

    /// The honest stream has ended; the last step is how the stream ends.
    mutating func finish() -> [Step] {
        var steps: [Step] = []
        self.end(.clean, from: 0, into: &steps)
        return steps
    }

    /// The evidence since the last call.
    mutating func takeStrikes() -> [(rule: Rule, strike: Strike)] {
        self.taps.indices.flatMap { index in
            let rule = self.taps[index].match.rule
            return self.taps[index].outlet.takeStrikes().map { (rule, $0) }
        }
    }

    private mutating func pass(_ chunk: Chunk, from index: Int, into steps: inout [Step]) {
        guard !self.hasEnded, !chunk.isEmpty else { return }
        guard index < self.taps.count else { return steps.append(.send(chunk.bytes)) }
        let start = index == 0 ? chunk.offset : self.taps[index].reached ?? chunk.offset
        let chunk = Chunk(offset: start, total: chunk.total, bytes: chunk.bytes)
        self.taps[index].pass(chunk)
        self.forward(self.taps[index].outlet.takeSteps(), of: chunk, from: index, into: &steps)
    }

    /// Ends the taps from one on, and with them the stream.
    private mutating func end(_ ending: Ending, from index: Int, into steps: inout [Step]) {
        guard !self.hasEnded else { return }
        guard index < self.taps.count else {
            self.hasEnded = true
            return steps.append(.end(ending))
        }
        self.taps[index].finish()
        var last = self.taps[index].outlet.takeSteps()
        // A tap that only lets the stream end hands on how it ended above it.
        if last.last == .end(.clean) { last[last.count - 1] = .end(ending) }
        let reached = self.taps[index].reached ?? 0
        let chunk = Chunk(offset: reached, total: nil, bytes: ByteBuffer())
        self.forward(last, of: chunk, from: index, into: &steps)
    }

    private mutating func forward(
        _ made: [Step], of chunk: Chunk, from index: Int, into steps: inout [Step]
    ) {
        for step in made {
            switch step {
            case .send(let bytes):
                let part = Chunk(offset: chunk.offset, total: chunk.total, bytes: bytes)
                self.pass(part, from: index + 1, into: &steps)
            case .push, .wait:
                if !self.hasEnded { steps.append(step) }
            case .end(let ending):
                self.end(ending, from: index + 1, into: &steps)
            }
        }
    }
}
