import FaultKit
import NIOCore

/// What is to be sent on a stream of HTTP/2, in its order: a head, pieces of a body, and an end.
///
/// Pure: the session asks it what a DATA frame may have, and takes the bytes when the client's windows have room.
struct StreamQueue {
    /// How a stream ends.
    enum End {
        /// END_STREAM, behind the trailers if there are any.
        case whole(trailers: Fields)
        case reset(ErrorCode)
        case silence
        /// The connection ends so, once the bytes before it have left; END_STREAM before it or not.
        case connection(Ending, isWhole: Bool)

        /// Whether END_STREAM stands on the last DATA frame.
        fileprivate var isOnData: Bool {
            switch self {
            case .whole(let trailers): trailers.list.isEmpty
            case .connection(_, let isWhole): isWhole
            case .reset, .silence: false
            }
        }
    }

    /// What comes next.
    enum Next {
        /// So many bytes, and with them END_STREAM or not.
        case bytes(Int, endsStream: Bool)
        /// So many bytes of an image, from the beginning of its stretch, that nobody has read yet.
        case image(Stretch, Int, endsStream: Bool)
        case end(End)
        /// Nothing yet.
        case nothing
    }

    /// Bytes of an image that are not sent yet. A class, as an image is much to copy for each frame.
    final class Stretch {
        let image: Image
        fileprivate(set) var range: Range<Int>

        init(_ image: Image, _ range: Range<Int>) {
            self.image = image
            self.range = range
        }
    }

    private enum Piece {
        case bytes(ByteBuffer, EventLoopPromise<Void>?)
        case image(Stretch, EventLoopPromise<Void>)
        case end(End)

        var promise: EventLoopPromise<Void>? {
            switch self {
            case .bytes(_, let promise): promise
            case .image(_, let promise): promise
            case .end: nil
            }
        }
    }

    /// The response's head, until it is submitted.
    var head: [Field]?
    /// nghttp2 asks no more until it is told that there is something.
    var isDeferred = false
    /// The image's bytes that come next are being read: they come by ``supply(_:)``.
    private(set) var isReading = false
    /// Mostly a body and its end.
    private var pieces = CircularBuffer<Piece>(initialCapacity: 2)

    init(head: [Field]) { self.head = head }

    /// The head is all that there is.
    var isHeadAlone: Bool {
        if case .end(.whole(let trailers)) = self.pieces.first {
            trailers.list.isEmpty
        } else {
            false
        }
    }

    var hasBytes: Bool {
        switch self.pieces.first {
        case .bytes, .image: true
        case .end, nil: false
        }
    }

    /// How the connection ends behind this stream, if it does.
    var sequel: Ending? {
        if case .end(.connection(let ending, isWhole: true)) = self.pieces.last {
            ending
        } else {
            nil
        }
    }

    mutating func append(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.pieces.append(.bytes(bytes, promise))
    }

    mutating func append(
        _ range: Range<Int>, of image: Image, promise: EventLoopPromise<Void>
    ) {
        self.pieces.append(.image(Stretch(image, range), promise))
    }

    /// One end takes the place of another that was said before, and has not come about.
    mutating func append(_ end: End) {
        if case .end = self.pieces.last { self.pieces.removeLast() }
        self.pieces.append(.end(end))
    }

    /// - Parameter taken: gets the promises of pieces without bytes, whose turn it is.
    mutating func next(upTo limit: Int, taken: inout [EventLoopPromise<Void>]) -> Next {
        while case .bytes(let bytes, let promise) = self.pieces.first, bytes.readableBytes == 0 {
            self.pieces.removeFirst()
            if let promise { taken.append(promise) }
        }
        switch self.pieces.first {
        case nil: return .nothing
        case .end(let end): return .end(end)
        case .image(let stretch, _):
            let count = min(limit, stretch.range.count)
            let isLast = count == stretch.range.count && self.isEnd(at: 1)
            return .image(stretch, count, endsStream: isLast)
        case .bytes: break
        }
        var count = 0
        for piece in self.pieces {
            switch piece {
            case .bytes(let bytes, _): count += bytes.readableBytes
            // It has frames of its own.
            case .image: return .bytes(min(count, limit), endsStream: false)
            case .end(let end): return .bytes(count, endsStream: end.isOnData)
            }
            if count > limit { return .bytes(limit, endsStream: false) }
        }
        return .bytes(count, endsStream: false)
    }

    /// Whether END_STREAM stands on the DATA frame before a piece.
    private func isEnd(at index: Int) -> Bool {
        guard self.pieces.count > index,
            case .end(let end) = self.pieces[
                self.pieces.index(self.pieces.startIndex, offsetBy: index)]
        else { return false }
        return end.isOnData
    }

    /// An end that nghttp2 was told of in another way.
    mutating func dropEnd() {
        if case .end = self.pieces.first { self.pieces.removeFirst() }
    }

    /// Moves bytes that ``next(upTo:taken:)`` has offered; those of an image are in their place already.
    mutating func write(
        _ count: Int, into buffer: inout ByteBuffer, taken: inout [EventLoopPromise<Void>]
    ) {
        if case .image(let stretch, let promise) = self.pieces.first {
            buffer.moveWriterIndex(forwardBy: count)
            stretch.range = stretch.range.lowerBound + count..<stretch.range.upperBound
            if stretch.range.isEmpty {
                self.pieces.removeFirst()
                taken.append(promise)
            }
            return
        }
        var count = count
        while count > 0, case .bytes(var bytes, let promise) = self.pieces.removeFirst() {
            if bytes.readableBytes > count, var part = bytes.readSlice(length: count) {
                buffer.writeBuffer(&part)
                return self.pieces.prepend(.bytes(bytes, promise))
            }
            count -= bytes.readableBytes
            buffer.writeBuffer(&bytes)
            if let promise { taken.append(promise) }
        }
    }

    /// The image's bytes that come next were read, or, with nil, cannot be.
    /// - Returns: the promise that is to fail then; not here, as whoever hears of it may append to this queue.
    mutating func supply(_ bytes: ByteBuffer?) -> EventLoopPromise<Void>? {
        self.isReading = false
        guard case .image(_, let promise) = self.pieces.popFirst() else { return nil }
        guard let bytes else { return promise }
        self.pieces.prepend(.bytes(bytes, promise))
        return nil
    }

    /// What is to be read of an image before anything can be sent.
    mutating func startReading() -> (Image, Range<Int>)? {
        guard case .image(let stretch, _) = self.pieces.first else { return nil }
        self.isReading = true
        return (stretch.image, stretch.range)
    }

    /// The stream takes nothing any more.
    mutating func fail() {
        while let piece = self.pieces.popFirst() {
            piece.promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }
}

@available(*, unavailable)
extension StreamQueue.Stretch: Sendable {}
