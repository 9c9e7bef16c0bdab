import FaultKit
import NIOCore
import Testing

@Suite struct ChunkTests {
    private let chunk = Chunk(
        offset: 100, total: 1000, bytes: ByteBuffer(bytes: (0..<50).map { UInt8($0) }))

    @Test func knowsItsPlaces() {
        #expect(self.chunk.range == 100..<150)
        #expect(self.chunk.count == 50)
        #expect(!self.chunk.isEmpty)
        #expect(self.chunk.slice(150..<150).isEmpty)
    }

    @Test func isCutInTwoAtAPlaceInIt() {
        let (before, after) = self.chunk.split(at: .bytes(110))
        #expect(before.range == 100..<110)
        #expect(Array(before.bytes.readableBytesView) == Array(0..<10))
        #expect(after?.range == 110..<150)
        #expect((after?.bytes.readableBytesView).map { Array($0) } == Array(10..<50))
        #expect(after?.total == 1000)
    }

    @Test func isCutBeforeItsFirstByteButNotBehindItsLast() {
        let first = self.chunk.split(at: .bytes(100))
        #expect(first.before.isEmpty && first.after?.range == 100..<150)
        let behind = self.chunk.split(at: .bytes(150))
        #expect(behind.before.range == 100..<150 && behind.after == nil)
    }

    @Test func isNotCutAtAPlaceThatItMisses() {
        #expect(self.chunk.split(at: .bytes(99)).after == nil)
        #expect(self.chunk.split(at: .beforeEnd(10)).after == nil)
        #expect(self.chunk.split(at: .beforeEnd(880)).after?.offset == 120)
        let unknown = Chunk(offset: 0, total: nil, bytes: self.chunk.bytes)
        #expect(unknown.split(at: .beforeEnd(1)).after == nil)
    }

    @Test func remembersWhichBytesWereChanged() {
        var chunk = self.chunk
        for place in [140, 101, 120, 101] { chunk.edit(at: place) { $0 | 0x80 } }
        #expect(chunk.edited == [101, 120, 140])
        #expect(chunk.bytes.getInteger(at: chunk.bytes.readerIndex + 20, as: UInt8.self) == 0x94)
        #expect(self.chunk.edited.isEmpty)
        #expect(self.chunk.bytes.getInteger(at: 20, as: UInt8.self) == 20)
    }

    @Test func aByteThatIsChangedBackIsHonestAgain() {
        var chunk = self.chunk
        chunk.edit(at: 120) { $0 ^ 0xFF }
        chunk.edit(at: 120) { $0 ^ 0x0F }
        #expect(chunk.edited == [120])
        chunk.edit(at: 120) { $0 ^ 0xF0 }
        chunk.edit(at: 121) { $0 }
        #expect(chunk.edited.isEmpty)
        #expect(chunk == self.chunk)
    }

    @Test func aSliceHasTheChangesInItAndCanTakeThemBack() {
        var chunk = self.chunk
        for place in [100, 110, 119, 120] { chunk.edit(at: place) { ~$0 } }
        var part = chunk.slice(110..<120)
        #expect(part.edited == [110, 119])
        part.edit(at: 119) { ~$0 }
        #expect(part.edited == [110])
    }

    @Test func readsBytesThatLieInTheMiddleOfABuffer() {
        var bytes = ByteBuffer(bytes: [9, 9, 1, 2, 3, 4])
        bytes.moveReaderIndex(forwardBy: 2)
        var chunk = Chunk(offset: 0, total: nil, bytes: bytes)
        chunk.edit(at: 1) { $0 + 40 }
        #expect(Array(chunk.slice(1..<3).bytes.readableBytesView) == [42, 3])
    }
}
