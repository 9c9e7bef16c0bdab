import FaultKit
import NIOCore
import Testing

/// A fault whose hooks are closures, to try the outlet with anything.
private struct Scripted: StreamFault {
    static let manual = Manual(
        name: "scripted", summary: "does as it is told", requirement: "None.")
    var onPass: @Sendable (Chunk, inout Outlet) -> Void = { $1.send($0) }
    var onFinish: @Sendable (inout Outlet) -> Void = { $0.end(.clean) }
    var kept: [Chunk] = []
    var isKeeping = false

    init(_ knobs: inout Knobs) throws {}
    init(
        isKeeping: Bool = false,
        finish: @escaping @Sendable (inout Outlet) -> Void = { $0.end(.clean) },
        pass: @escaping @Sendable (Chunk, inout Outlet) -> Void
    ) {
        (self.isKeeping, self.onFinish, self.onPass) = (isKeeping, finish, pass)
    }

    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if self.isKeeping { self.kept.append(chunk) } else { self.onPass(chunk, &outlet) }
    }

    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        self.kept.forEach { self.onPass($0, &outlet) }
        self.onFinish(&outlet)
    }
}

@Suite struct OutletTests {
    private static let honestly: @Sendable (Chunk, inout Outlet) -> Void = { $1.send($0) }

    private func chunk(_ places: Range<Int>) -> Chunk {
        Chunk(
            offset: places.lowerBound, total: 1000,
            bytes: ByteBuffer(bytes: places.map { UInt8(truncatingIfNeeded: $0) }))
    }

    /// Runs ranges through a fault to the end.
    private func run(
        _ ranges: [Range<Int>], _ fault: Scripted
    ) -> (steps: [Step], strikes: [Strike]) {
        var (fault, outlet, dice) = (fault, Outlet(), Dice(seed: 1))
        for range in ranges { outlet.run(&fault, self.chunk(range), &dice) }
        outlet.finish(&fault, &dice)
        return (outlet.takeSteps(), outlet.takeStrikes())
    }

    private func bytes(_ steps: [Step]) -> [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .send(let bytes) = step { Array(bytes.readableBytesView) } else { [] }
        }
    }

    @Test func forwardingEverythingIsNoStrike() {
        let (steps, strikes) = self.run(
            [10..<20, 20..<21, 21..<21, 21..<50], Scripted(pass: Self.honestly))
        #expect(strikes.isEmpty)
        #expect(self.bytes(steps) == Array(10..<50))
        #expect(steps.last == .end(.clean))
    }

    @Test func forwardingInOtherPiecesIsNoStrike() {
        let inPieces = Scripted { chunk, outlet in
            for place in chunk.range { outlet.send(chunk.slice(place..<place + 1)) }
        }
        #expect(self.run([0..<10, 10..<30], inPieces).strikes.isEmpty)
    }

    @Test func keepingBytesForLaterIsNoStrike() {
        let (steps, strikes) = self.run(
            [0..<10, 10..<30], Scripted(isKeeping: true, pass: Self.honestly))
        #expect(strikes.isEmpty)
        #expect(self.bytes(steps) == Array(0..<30))
    }

    @Test func theStreamsOwnGapsAreNoStrikes() {
        let ranges = [100..<110, 300..<310, 0..<5, 3..<8]
        for fault in [
            Scripted(pass: Self.honestly), Scripted(isKeeping: true, pass: Self.honestly),
        ] {
            let (steps, strikes) = self.run(ranges, fault)
            #expect(strikes.isEmpty)
            #expect(
                self.bytes(steps) == ranges.flatMap { $0.map { UInt8(truncatingIfNeeded: $0) } })
        }
    }

    @Test func alteredBytesStrikeAtTheirPlacesAndNeighboursAreOne() {
        let altering = Scripted { chunk, outlet in
            var chunk = chunk
            for place in [3, 4, 5, 8, 12] where chunk.range.contains(place) {
                chunk.edit(at: place) { ~$0 }
            }
            outlet.send(chunk)
        }
        let strikes = [
            Strike(kind: .altered, offset: 3, count: 3),
            Strike(kind: .altered, offset: 8, count: 1),
            Strike(kind: .altered, offset: 12, count: 1),
        ]
        #expect(self.run([0..<20], altering).strikes == strikes)
        #expect(self.run([0..<4, 4..<20], altering).strikes == strikes)
    }

    @Test func skippedBytesAreDropped() {
        let skipping = Scripted { chunk, outlet in
            for place in chunk.range where !(5..<12).contains(place) {
                outlet.send(chunk.slice(place..<place + 1))
            }
        }
        let strikes = [Strike(kind: .dropped, offset: 5, count: 7)]
        #expect(self.run([0..<20], skipping).strikes == strikes)
        #expect(self.run([0..<7, 7..<9, 9..<20], skipping).strikes == strikes)
    }

    @Test(arguments: [true, false])
    func bytesThatAreNeverSentAreDroppedAtACleanEnd(_ saysSo: Bool) {
        let dropping = Scripted(finish: { if saysSo { $0.end(.clean) } }) { _, _ in }
        #expect(
            self.run([4..<8, 8..<30, 50..<60], dropping).strikes
                == [
                    Strike(kind: .dropped, offset: 4, count: 26),
                    Strike(kind: .dropped, offset: 50, count: 10),
                ])
    }

    @Test func insertedBytesStrikeWhereTheStreamStands() {
        let inserting = Scripted { chunk, outlet in
            let (before, after) = chunk.split(at: .bytes(5))
            outlet.send(before)
            guard let after else { return }
            outlet.insert(ByteBuffer(bytes: [0xEE, 0xEE]))
            outlet.insert(ByteBuffer())
            outlet.send(after)
        }
        let (steps, strikes) = self.run([0..<10], inserting)
        #expect(strikes == [Strike(kind: .inserted, offset: 5, count: 2)])
        #expect(self.bytes(steps) == [0, 1, 2, 3, 4, 0xEE, 0xEE, 5, 6, 7, 8, 9])
    }

    @Test func bytesSentAgainAreInsertedAndNewOnesBehindThemAreNot() {
        let repeating = Scripted { chunk, outlet in
            outlet.send(chunk.slice(0..<6))
            outlet.send(chunk.slice(2..<10))
        }
        #expect(
            self.run([0..<10], repeating).strikes == [Strike(kind: .inserted, offset: 6, count: 4)])
    }

    @Test func bytesInAnotherOrderAreDroppedAndInserted() {
        let swapping = Scripted { chunk, outlet in
            outlet.send(chunk.slice(5..<10))
            outlet.send(chunk.slice(0..<5))
        }
        #expect(
            self.run([0..<10], swapping).strikes
                == [
                    Strike(kind: .dropped, offset: 0, count: 5),
                    Strike(kind: .inserted, offset: 10, count: 5),
                ])
    }

    @Test func bytesThatWereNeverHandedAreInserted() {
        let early = Chunk(offset: 8, total: nil, bytes: ByteBuffer(bytes: [1, 2, 3, 4]))
        let inventing = Scripted { chunk, outlet in
            outlet.send(chunk.slice(0..<8))
            outlet.send(early)
        }
        #expect(
            self.run([0..<10], inventing).strikes == [Strike(kind: .inserted, offset: 10, count: 2)]
        )
    }

    @Test func pushesAndWaitsStrikeWhereTheyAreMade() {
        let pausing = Scripted { chunk, outlet in
            let (before, after) = chunk.split(at: .bytes(5))
            outlet.send(before)
            guard let after else { return }
            outlet.push()
            outlet.push()
            outlet.wait(.seconds(2))
            outlet.wait(.zero)
            outlet.wait(.seconds(-1))
            outlet.send(after)
        }
        let (steps, strikes) = self.run([0..<10], pausing)
        #expect(
            strikes
                == [
                    Strike(kind: .pushed, offset: 5), Strike(kind: .waited(.seconds(2)), offset: 5),
                ])
        #expect(
            steps
                == [
                    .send(self.chunk(0..<5).bytes), .push, .wait(.seconds(2)),
                    .send(self.chunk(5..<10).bytes), .end(.clean),
                ])
    }

    @Test func nothingIsPushedBeforeSomethingIsSent() {
        let pushing = Scripted { chunk, outlet in
            outlet.push()
            outlet.send(chunk)
        }
        #expect(self.run([0..<10], pushing).strikes.isEmpty)
        #expect(
            self.run([0..<10, 10..<20], pushing).strikes == [Strike(kind: .pushed, offset: 10)])
    }

    @Test(arguments: Ending.allCases)
    func anEndInTheStreamStrikesAndNothingFollows(_ ending: Ending) {
        let dying = Scripted(finish: { _ in Issue.record("finish after an end") }) {
            chunk, outlet in
            let (before, after) = chunk.split(at: .bytes(7))
            outlet.send(before)
            guard let after else { return }
            outlet.end(ending)
            outlet.send(after)
            outlet.insert(ByteBuffer(bytes: [1]))
            outlet.push()
            outlet.wait(.seconds(1))
            outlet.end(.reset)
        }
        let (steps, strikes) = self.run([0..<5, 5..<10, 10..<20], dying)
        #expect(self.bytes(steps) == Array(0..<7))
        #expect(steps.last == .end(ending))
        #expect(strikes == [Strike(kind: .ended(ending), offset: 7)])
    }

    @Test func aFinishThatIsNotCleanStrikes() {
        let cutting = Scripted(finish: { $0.end(.cut) }, pass: Self.honestly)
        let (steps, strikes) = self.run([3..<9], cutting)
        #expect(strikes == [Strike(kind: .ended(.cut), offset: 9)])
        #expect(steps.last == .end(.cut))
    }

    @Test func aStreamWithoutBytesEndsWithoutAStrike() {
        let (steps, strikes) = self.run([], Scripted(pass: Self.honestly))
        #expect(steps == [.end(.clean)] && strikes.isEmpty)
    }

    @Test func stepsAndStrikesAreTakenOnce() {
        var fault = Scripted { chunk, outlet in
            outlet.wait(.seconds(1))
            outlet.send(chunk)
        }
        var (outlet, dice) = (Outlet(), Dice(seed: 1))
        outlet.run(&fault, self.chunk(0..<2), &dice)
        #expect(outlet.takeSteps().count == 2 && outlet.takeStrikes().count == 1)
        #expect(outlet.takeSteps().isEmpty && outlet.takeStrikes().isEmpty)
        outlet.run(&fault, self.chunk(2..<4), &dice)
        #expect(outlet.takeStrikes() == [Strike(kind: .waited(.seconds(1)), offset: 2)])
    }
}
