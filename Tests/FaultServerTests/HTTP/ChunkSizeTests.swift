import FaultKit
import NIOCore
import Testing

@testable import FaultServer

@Suite struct ChunkSizeTests {
    /// The sizes of the chunks that follow one another, where each is answered so.
    private func sizes(_ count: Int, from start: ChunkSize = ChunkSize(), _ steps: [Step]) -> [Int]
    {
        var size = start
        return (0..<count).map { _ in
            size.adapt(to: steps)
            return size.bytes
        }
    }

    @Test(arguments: [0, 99])
    func growsWhileTheTapsTakeNoTime(milliseconds: Int64) {
        let steps: [Step] = [
            .send(ByteBuffer(string: "x")), .push, .wait(.milliseconds(milliseconds)),
        ]
        #expect(ChunkSize().bytes == 2048)
        #expect(
            self.sizes(7, steps) == [4096, 8192, 16_384, 32_768, 65_536, 114_688, 114_688])
    }

    @Test func staysWhereAChunkTakesUpToASecond() {
        #expect(
            self.sizes(2, [.wait(.milliseconds(500)), .wait(.milliseconds(500))]) == [2048, 2048])
    }

    @Test func shrinksWhereAChunkTakesLonger() {
        var size = ChunkSize()
        for _ in 0..<3 { size.adapt(to: []) }
        let slow: [Step] = [.wait(.milliseconds(900)), .wait(.milliseconds(101))]
        #expect(self.sizes(4, from: size, slow) == [8192, 4096, 2048, 2048])
    }
}
