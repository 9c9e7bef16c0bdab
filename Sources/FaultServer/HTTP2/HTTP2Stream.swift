import FaultKit
import NIOCore

/// One request of an HTTP/2 connection and its response.
final class HTTP2Stream {
    let id: HTTP2Session.StreamID
    let request: Request
    private unowned let handler: HTTP2Handler
    var exchange: Exchange?
    /// Bytes of the request's body so far.
    var bodyCount = 0
    let began: NIODeadline
    /// Whether the request was read whole.
    var isRead = false
    /// The end of its body was announced.
    private var isEnded = false
    /// The trailers of the response.
    private var trailers = Fields()

    init(
        _ id: HTTP2Session.StreamID, _ request: Request, handler: HTTP2Handler, now: NIODeadline
    ) {
        self.began = now
        self.id = id
        self.request = request
        self.handler = handler
    }
}

extension HTTP2Stream: ExchangeOwner {
    func say(_ interim: Interim, of version: HTTPVersion) {
        self.handler.session.inform(
            [Field(":status", "\(interim.status)")] + interim.fields.list, on: self.id)
    }

    func sayHead(of response: Response, into batch: inout ByteBuffer) {
        self.trailers = response.chunking?.trailers ?? Fields()
        self.handler.session.respond(response.http2Head, on: self.id)
    }

    func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.handler.session.send(bytes, promise: promise, on: self.id)
    }

    var images: (any ImageSink)? { self }

    /// END_STREAM stands on the last DATA frame then.
    func bodyEnds() {
        self.isEnded = true
        self.handler.session.end(.whole(trailers: self.trailers), on: self.id)
    }

    func flush() { self.handler.drain() }

    func exchangeDone(_ outcome: ExchangeOutcome) {
        self.exchange = nil
        let end: StreamQueue.End? =
            switch outcome {
            case .whole where self.isEnded: nil
            case .whole, .misframed, .ended(.clean): .whole(trailers: self.trailers)
            case .ended(.reset): .reset(.internalError)
            case .ended(.hang): .silence
            case .ended(let ending): .connection(ending, isWhole: false)
            case .last(let ending): .connection(ending, isWhole: true)
            }
        if let end { self.handler.session.end(end, on: self.id) }
        self.handler.drain()
    }
}

extension HTTP2Stream: ImageSink {
    func send(_ range: Range<Int>, of image: Image, promise: EventLoopPromise<Void>) {
        self.handler.session.send(range, of: image, promise: promise, on: self.id)
    }
}

@available(*, unavailable)
extension HTTP2Stream: Sendable {}
