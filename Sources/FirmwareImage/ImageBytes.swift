/// The bytes of an image file, read by range: in memory, or wherever a program keeps them.
public protocol ImageBytes {
    /// How many there are.
    var count: Int { get }

    /// The bytes at these places.
    /// - Precondition: the range lies in the file.
    /// - Throws: what the place where they lie has to say, such as that a disk failed.
    func bytes(in range: Range<Int>) throws -> [UInt8]
}

/// The bytes of an image file that can be changed in place.
public protocol EditableImageBytes: ImageBytes {
    /// Puts bytes in the place of others; the counts may differ.
    /// - Precondition: the range lies in the file.
    mutating func replace(_ range: Range<Int>, with bytes: [UInt8])
}

extension [UInt8]: ImageBytes {
    public func bytes(in range: Range<Int>) throws -> [UInt8] { Array(self[range]) }
}

extension [UInt8]: EditableImageBytes {
    public mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        self.replaceSubrange(range, with: bytes)
    }
}

extension ImageBytes {
    /// Hands over consecutive parts of a range, so that a file is never in memory as a whole.
    func forEachPart(of range: Range<Int>, _ body: ([UInt8]) throws -> Void) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = Swift.min(start + 64 << 10, range.upperBound)
            try body(self.bytes(in: start..<end))
            start = end
        }
    }
}
