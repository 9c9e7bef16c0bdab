import FaultKit
import NIOCore
import NIOHTTP1

/// Waits until a connection stands, TLS included, then puts the handlers of its protocol above and
/// leaves the pipeline. HTTP/2 is chosen here once ALPN offers it.
final class SessionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection

    init(connection: Connection) { self.connection = connection }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let done = event as? HandshakeDone else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.begin(context, serverName: done.serverName)
    }

    func channelActive(context: ChannelHandlerContext) {
        if self.connection.core.contexts == nil { self.begin(context, serverName: nil) }
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func begin(_ context: ChannelHandlerContext, serverName: String?) {
        let connection = self.connection
        let matches = connection.encounter.established(sni: serverName)
        let headGuard = HeadGuard(limit: connection.limits.headSize)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = connection.limits.headSize
        limits.maxHeaderListSize = connection.limits.headSize
        limits.maxHeaderFieldCount = connection.limits.fieldCount
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: limits)
        let http = HTTP1Handler(
            connection: connection,
            resources: connection.core.resources(of: context.eventLoop), headGuard: headGuard)
        var handlers: [any ChannelHandler] = [headGuard, ByteToMessageHandler(decoder), http]
        let chain = TapChain(matches, on: .http)
        if !chain.isEmpty {
            let tap = TapHandler(
                chain: chain, cutsRecords: false, evidence: Evidence(on: .http, of: connection))
            handlers.insert(tap, at: 0)
        }
        do {
            try context.pipeline.syncOperations.addHandlers(handlers, position: .after(self))
        } catch {
            preconditionFailure("a pipeline that takes no handlers: \(error)")
        }
    }
}

@available(*, unavailable)
extension SessionHandler: Sendable {}
