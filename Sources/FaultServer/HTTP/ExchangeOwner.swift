import FaultKit
import NIOCore

/// Where an exchange sends, and whom it tells that it is over: a connection of HTTP/1, or a stream of HTTP/2.
protocol ExchangeOwner: AnyObject {
    /// Says an informational response.
    func say(_ interim: Interim, of version: HTTPVersion)
    /// Says a head: in front of the body's first bytes, which are sent next, or by itself.
    func sayHead(of response: Response, into batch: inout ByteBuffer)
    func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?)
    /// Takes an honest image's bytes before they are read; nil where they are to be read first.
    var images: (any ImageSink)? { get }
    /// The bytes that were sent last are the end of a body that is as it was said, if they arrive.
    func bodyEnds()
    func flush()
    func exchangeDone(_ outcome: ExchangeOutcome)
}

/// Sends bytes of an image that it reads itself, when there is room for them.
protocol ImageSink: AnyObject {
    /// - Parameter promise: fails with an ``ImageError`` if they cannot be read.
    func send(_ range: Range<Int>, of image: Image, promise: EventLoopPromise<Void>)
}

/// How a response came to its end.
enum ExchangeOutcome {
    /// It was sent as it was said.
    case whole
    /// More bytes were sent than were said, or fewer: on HTTP/1 nothing can follow them.
    case misframed
    /// Its stream ends so, in the middle or not.
    case ended(Ending)
    /// It is whole, and the connection ends behind it.
    case last(Ending)
}

extension ExchangeOutcome {
    /// Whether it is over only when the client leaves.
    var isSilent: Bool {
        switch self {
        case .ended(.hang), .last(.hang): true
        case .whole, .misframed, .ended, .last: false
        }
    }
}
