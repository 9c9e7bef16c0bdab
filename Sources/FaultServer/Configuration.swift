public import FaultKit
public import NIOCore

/// What a server is to be. All of it has a default but the content.
public struct Configuration: Sendable {
    public var plan: Plan
    public var content: Content
    /// Nil for a server without TLS.
    public var identity: IdentitySource?
    /// Names and addresses on the certificate, the first one as its CN; this machine's if empty.
    public var hosts: [String] = []
    /// Where the server listens. `::` takes IPv4 too.
    public var bind = "::"
    /// 0 takes any free port.
    public var port = 8070
    /// Whether HTTP/2 is offered beside HTTP/1.1: by ALPN, and without TLS to who begins with it (RFC 9113 §3.3).
    public var offersHTTP2 = false
    /// Event loops.
    public var threads = 1
    public var limits = Limits()
    public var sinks: [any JournalSink] = []
    /// Signs for image faults that edit signed images; without one they say that they cannot.
    public var imageSigner: (any ImageSigner)?
    /// Takes the secrets of TLS sessions, so that a capture of them can be read; nil: nobody does.
    public var keyLog: KeyLog?
    /// Ends after so many responses.
    public var exitAfter: Int?
    /// Ends when nobody was connected for so long.
    public var idleExit: TimeAmount?

    public init(plan: Plan, content: Content, identity: IdentitySource?) {
        self.plan = plan
        self.content = content
        self.identity = identity
    }
}
