import FaultKit
import NIOCore
import NIOHTTP1

/// Waits until a connection stands, TLS included, then puts the handlers of its protocol above and
/// leaves the pipeline.
final class SessionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection

    init(connection: Connection) { self.connection = connection }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let done = event as? HandshakeDone else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.begin(context, serverName: done.serverName, speaks: done.speaks)
    }

    func channelActive(context: ChannelHandlerContext) {
        // With TLS, or HTTP/2, somebody below has said what is spoken.
        if self.connection.core.contexts == nil, !self.connection.core.offersHTTP2 {
            self.begin(context, serverName: nil, speaks: .http1)
        }
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func begin(
        _ context: ChannelHandlerContext, serverName: String?,
        speaks spoken: Handshake.ApplicationProtocol
    ) {
        let connection = self.connection
        let matches = connection.encounter.established(sni: serverName)
        let resources = connection.core.resources(of: context.eventLoop)
        var handlers: [any ChannelHandler] = []
        let chain = TapChain(matches, on: .http)
        if !chain.isEmpty {
            handlers.append(
                TapHandler(
                    chain: chain, units: spoken == .http2 ? .frame : .byte,
                    wheel: resources.wheel,
                    evidence: Evidence(on: .http, of: connection)))
        }
        switch spoken {
        case .http1: handlers += self.http1(resources)
        case .http2: handlers.append(HTTP2Handler(connection: connection, resources: resources))
        }
        do {
            // This one is the last so far.
            try context.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            preconditionFailure("a pipeline that takes no handlers: \(error)")
        }
    }

    private func http1(_ resources: LoopResources) -> [any ChannelHandler] {
        let limits = self.connection.limits
        let headGuard = HeadGuard(limit: limits.headSize)
        var bounds = NIOHTTPDecoderLimitConfiguration()
        bounds.maxHeaderFieldSize = limits.headSize
        bounds.maxHeaderListSize = limits.headSize
        bounds.maxHeaderFieldCount = limits.fieldCount
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: bounds)
        let http = HTTP1Handler(
            connection: self.connection, resources: resources, headGuard: headGuard)
        return [headGuard, ByteToMessageHandler(decoder), http]
    }
}

@available(*, unavailable)
extension SessionHandler: Sendable {}
