@preconcurrency import Board
import Testing

/// One after another, those in extensions too: a process is one board.
@Suite(.serialized) struct BoardTests {
    @Test func beginsAsABareESP32() throws {
        try Bench.with { _ in
            board_set_defaults()
            #expect(board.chip_id == 0)
            #expect(board.flash_size == 4 << 20)
            #expect(board.rollback)
            #expect(!board.anti_rollback)
        }
    }
}
