import NIOCore

/// Counts the bytes of a request before they are parsed, so that a head without an end is met by a
/// limit whatever the parser keeps. Stands right below the decoder.
final class HeadGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: Int
    private(set) var count = 0
    /// The head is read: its body has a limit of its own.
    private var isInBody = false

    init(limit: Int) { self.limit = limit }

    func headRead() { self.isInBody = true }

    func requestRead() {
        self.isInBody = false
        self.count = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !self.isInBody {
            self.count += self.unwrapInboundIn(data).readableBytes
            // One read may bring more than a head; a head that ended in it has reset the count.
            if self.count > self.limit + 65_536 { return context.fireErrorCaught(HeadTooLarge()) }
        }
        context.fireChannelRead(data)
        if self.count > self.limit, !self.isInBody { context.fireErrorCaught(HeadTooLarge()) }
    }
}

/// A request's head is longer than the limit.
struct HeadTooLarge: Error {}

@available(*, unavailable)
extension HeadGuard: Sendable {}
