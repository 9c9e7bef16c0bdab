/// Rings once; setting it anew, or cancelling it, makes an earlier time void.
struct Alarm {
    private(set) var number = 0
    private var task: Task<Void, Never>?

    mutating func set(_ nanoseconds: Int64, ring: @escaping @Sendable (Int) -> Void) {
        self.cancel()
        self.task = Task { [number] in
            try? await Task.sleep(for: .nanoseconds(nanoseconds))
            if !Task.isCancelled { ring(number) }
        }
    }

    mutating func cancel() {
        self.task?.cancel()
        self.number += 1
    }
}
