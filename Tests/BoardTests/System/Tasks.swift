@preconcurrency import Board
import Foundation

/// A Swift closure as a task of the board.
final class BoardTask {
    private let body: () -> Void
    private let ended = xSemaphoreCreateBinary()
    private(set) var handle: TaskHandle_t?

    /// Starts it.
    init(_ body: @escaping () -> Void) {
        self.body = body
        let task = Unmanaged.passRetained(self).toOpaque()
        let status = xTaskCreate(
            { argument in
                let task = Unmanaged<BoardTask>.fromOpaque(argument!).takeRetainedValue()
                task.body()
                xSemaphoreGive(task.ended)
            }, "test", 2048, task, 5, &self.handle)
        precondition(status == 1)
    }

    /// Waits for its end.
    /// - Returns: whether it came within 10 s.
    func join() -> Bool { xSemaphoreTake(self.ended, 1000) == 1 }
}

/// What several tasks write to.
final class Notes: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func note(_ line: String) { self.lock.withLock { self.lines.append(line) } }
    var all: [String] { self.lock.withLock { self.lines } }

    /// As the argument of a callback, which must not outlive it.
    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
    static func at(_ pointer: UnsafeMutableRawPointer?) -> Notes {
        Unmanaged<Notes>.fromOpaque(pointer!).takeUnretainedValue()
    }
}

let never: TickType_t = 0xFFFF_FFFF
