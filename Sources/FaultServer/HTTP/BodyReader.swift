import FaultKit
import NIOCore

/// Goes through a body part by part, in pieces.
struct BodyReader {
    enum Piece {
        case bytes(ByteBuffer)
        case image(Image, Range<Int>)
        case end
    }

    private var parts: ArraySlice<Body.Part>

    init(_ body: Body) { self.parts = body.parts[...] }

    var isAtEnd: Bool { self.parts.isEmpty }

    /// The next piece, of at most so many bytes if it is of an image.
    mutating func next(upTo limit: Int) -> Piece {
        while let part = self.parts.popFirst() {
            switch part {
            case .bytes(let bytes):
                if bytes.readableBytes > 0 { return .bytes(bytes) }
            case .image(let image, let range):
                guard !range.isEmpty else { continue }
                let piece = range.prefix(limit)
                if piece.endIndex < range.upperBound {
                    let rest = piece.endIndex..<range.upperBound
                    self.parts = [.image(image, rest)] + self.parts
                }
                return .image(image, piece.startIndex..<piece.endIndex)
            }
        }
        return .end
    }
}

extension ByteBuffer {
    /// Appends bytes of an image.
    /// - Returns: false, and nothing appended, if a disk would have to be waited for and must not.
    mutating func write(_ range: Range<Int>, of image: Image, waiting: Bool) throws -> Bool {
        let count = range.count
        return try self.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            let target = UnsafeMutableRawBufferPointer(rebasing: target[..<count])
            let isRead = try image.read(into: target, at: range.lowerBound, waiting: waiting)
            return isRead ? count : 0
        } == count
    }
}
