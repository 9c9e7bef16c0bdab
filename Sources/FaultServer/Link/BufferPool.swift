import NIOCore

/// Big buffers of one event loop, used again: allocating them anew costs page faults each time.
final class BufferPool {
    /// Plaintext that goes to TLS in one piece: 15 full records, so that their ciphertext fits a
    /// buffer of the next power of two.
    static let batch = 15 * 16_384
    /// The same for what begins a response.
    static let firstBatch = 2 * 16_384
    /// From this size on, a buffer is worth keeping.
    static let worthwhile = 65_536
    private static let capacity = 262_144
    /// Buffers kept; more are freed.
    private static let bound = 8

    private var free: [ByteBuffer] = []

    /// An empty buffer of 256 KiB.
    func take() -> ByteBuffer {
        guard var buffer = self.free.popLast() else {
            return ByteBufferAllocator().buffer(capacity: Self.capacity)
        }
        // Now, not when it was given: by now nobody else holds it, or it would be allocated anew.
        buffer.clear()
        return buffer
    }

    /// Takes a buffer back. One that somebody still holds when it is used again is not shared, but
    /// allocated anew.
    func give(_ buffer: ByteBuffer) {
        guard self.free.count < Self.bound, buffer.capacity == Self.capacity else { return }
        self.free.append(buffer)
    }
}

@available(*, unavailable)
extension BufferPool: Sendable {}
