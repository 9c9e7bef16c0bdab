/// Where bytes of an image lie: a file, memory, a rule that makes them.
public protocol ByteSource: Sendable {
    var count: Int { get }

    /// Stands for the bytes in ``Image/edits``: the same in every run, and, as far as 64 bits can say,
    /// another for other bytes. Asked for only when the source is put into an image.
    var fingerprint: UInt64 { get }

    /// Fills the buffer with the bytes from an offset on.
    /// - Parameter waiting: whether the call may block until a disk has answered.
    /// - Returns: false, and nothing read, if it would have to block and must not.
    /// - Throws: ``ImageError`` if the bytes cannot be read.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool
}

/// What is wrong with an image.
public struct ImageError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// One byte, many times, without their memory: erased flash, padding.
public struct Repeated: ByteSource {
    public let byte: UInt8
    public let count: Int

    /// - Precondition: `count` is not negative.
    public init(_ byte: UInt8, count: Int) {
        precondition(count >= 0, "a byte cannot be repeated \(count) times")
        self.byte = byte
        self.count = count
    }

    public var fingerprint: UInt64 {
        UInt64(self.byte).mixed(with: UInt64(bitPattern: Int64(self.count)))
    }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        buffer.initializeMemory(as: UInt8.self, repeating: self.byte)
        return true
    }
}

/// Bytes by chance, without their memory: the same seed gives the same bytes, and each place has its
/// own, however it is read.
///
/// Eight bytes at a time are a number of SplitMix64 (Steele, Lea and Flood, 2014), which can be worked
/// out from its place alone.
public struct Noise: ByteSource {
    public let seed: UInt64
    public let count: Int

    /// - Precondition: `count` is not negative.
    public init(seed: UInt64, count: Int) {
        precondition(count >= 0, "there are no \(count) bytes of noise")
        self.seed = seed
        self.count = count
    }

    public var fingerprint: UInt64 {
        // "Noise" in ASCII, as a run of one byte is two numbers too.
        (self.seed ^ 0x4E_6F69_7365).mixed(with: UInt64(bitPattern: Int64(self.count)))
    }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        var filled = 0
        while filled < buffer.count {
            let (word, inside) = (offset + filled).quotientAndRemainder(dividingBy: 8)
            let count = min(8 - inside, buffer.count - filled)
            var generator = SplitMix64(
                state: self.seed &+ UInt64(bitPattern: Int64(word)) &* SplitMix64.step)
            let bytes = generator.next().littleEndian
            withUnsafeBytes(of: bytes) {
                UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[inside..<inside + count]))
            }
            filled += count
        }
        return true
    }
}

/// Bytes in memory.
struct Memory: ByteSource {
    let bytes: [UInt8]
    var count: Int { self.bytes.count }

    var fingerprint: UInt64 {
        self.bytes.withUnsafeBytes { bytes in
            var print = UInt64(bytes.count)
            for offset in stride(from: 0, to: bytes.count & ~7, by: 8) {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                print = print.mixed(with: UInt64(littleEndian: word))
            }
            for byte in bytes.suffix(bytes.count & 7) { print = print.mixed(with: UInt64(byte)) }
            return print
        }
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        self.bytes.withUnsafeBytes {
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
        }
        return true
    }
}

extension UInt64 {
    /// One step of a hash that is cheap and the same in every run: not for anything that must be safe.
    /// Each step can be undone, so one word that differs always shows in the result.
    package func mixed(with word: UInt64) -> UInt64 {
        var mixed = (self ^ word) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 32
        return mixed &+ 1
    }
}
