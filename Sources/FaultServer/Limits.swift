public import NIOCore

/// What a client can make the server hold or wait for. Each is met with a journal event.
public struct Limits: Sendable {
    /// From the first byte of a connection to the end of its TLS handshake.
    public var handshake = TimeAmount.seconds(15)
    /// From a request's first byte to the end of its head.
    public var head = TimeAmount.seconds(15)
    /// From a response to the next request's first byte, and from the accept to the first byte.
    public var idle = TimeAmount.seconds(75)
    /// Without the client taking a byte that was ready for it. A device that erases flash takes
    /// some seconds.
    public var send = TimeAmount.seconds(120)
    /// A request's line and fields, in bytes.
    public var headSize = 64 * 1024
    /// Fields of a request.
    public var fieldCount = 128
    /// A request's body, in bytes; it is read and thrown away.
    public var bodySize = 1024 * 1024
    /// Streams of an HTTP/2 connection at once; one more is refused.
    public var streams = 100
    /// Open connections; one more is closed at once. What the system lets a process open may be less.
    public var connections = 16_384

    public init() {}
}
