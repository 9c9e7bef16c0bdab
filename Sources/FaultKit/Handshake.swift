/// What a server says of itself in one TLS handshake, before OpenSSL has seen any of it.
public struct Handshake: Sendable, Hashable {
    /// The leaf certificate.
    public var certificate: Certificate
    /// What is sent behind the leaf (RFC 8446 §4.4.2).
    public var chain = Chain.whole
    /// Whether the handshake is signed with the certificate's key; if not, with another one.
    public var hasItsKey = true
    /// What is stapled where the client asks for it (RFC 6066 §8); nil: nothing.
    public var staple: Staple?
    /// Oldest and newest version that the server speaks.
    public var versions: ClosedRange<TLSVersion>
    /// The cipher suites of TLS 1.2 and older, as OpenSSL lists them; nil: its default.
    public var ciphers: String?
    /// The groups of key exchange, as OpenSSL lists them; nil: its default.
    public var groups: String?
    /// The group of DHE up to TLS 1.2; nil: one of a size that fits the certificate's key.
    public var dhGroup: DHGroup?
    /// How the server answers a client that offers protocols (RFC 7301).
    public var alpn = ALPN.firstOf([.http1])
    /// What is spoken, whatever was negotiated; nil: what was.
    public var speaks: ApplicationProtocol?
    /// What becomes of sessions that a client could resume (RFC 5077, RFC 8446 §2.2); nil: they are resumed,
    /// unless the plan meddles with handshakes, as who resumes never sees the certificate.
    public var sessions: Sessions?
    public var clientCertificate = ClientCertificate.unasked
    /// The most plaintext that a record takes, in bytes, 1 to 16384.
    public var recordSize = 16_384
    /// What the server says in the middle of the connection's data; nil: nothing.
    public var postHandshake: PostHandshake?
    /// What the server answers the ClientHello with instead; nil: it goes on.
    public var refusal: Refusal?

    /// What is sent behind the leaf.
    public enum Chain: Sendable, Hashable {
        /// The intermediate certificates, each followed by its issuer.
        case whole
        /// Nothing.
        case missing
        /// The intermediate certificates from the root downwards.
        case reversed
        /// Each certificate twice.
        case doubled
        /// A certificate that has nothing to do with it stands before the intermediates.
        case stranger
        /// The root is sent too.
        case root
    }

    /// An OCSP response (RFC 6960).
    public enum Staple: String, Sendable, Hashable, CaseIterable, KnobValue {
        case good, revoked, unknown
        /// Good, and out of date.
        case expired
        /// Good, and about another certificate.
        case unrelated
        /// No OCSP response at all.
        case garbage
    }

    /// A group of finite-field Diffie-Hellman that nobody should take part in (RFC 9325 §4.4).
    public enum DHGroup: String, Sendable, Hashable, CaseIterable, KnobValue {
        /// A safe prime of 512 bits, new each time.
        case bits512 = "512"
        /// The first Oakley group (RFC 2409 §6.1).
        case bits768 = "768"
        /// The second Oakley group (RFC 2409 §6.2).
        case bits1024 = "1024"
        /// 2048 bits, and no prime.
        case composite
        /// 2048 bits, and a generator of order 2.
        case smallSubgroup = "small-subgroup"
    }

    public enum ALPN: Sendable, Hashable {
        /// The first of these that the client offers; no answer where it offers none of them.
        case firstOf([ApplicationProtocol])
        case unanswered
        /// The fatal alert no_application_protocol (RFC 7301 §3.2).
        case refused
        /// This one, offered or not.
        case chosen(String)
    }

    /// What is spoken above TLS, by its name in ALPN.
    public enum ApplicationProtocol: String, Sendable, Hashable, CaseIterable, KnobValue {
        case http1 = "http/1.1"
        case http2 = "h2"
    }

    public enum Sessions: String, Sendable, Hashable, CaseIterable, KnobValue {
        /// The client is given nothing to resume with.
        case withheld = "none"
        /// The client is given a ticket, and may resume with it.
        case resumed
        /// The client is given a ticket, and is refused with it.
        case refused
    }

    /// What is asked of a client (RFC 8446 §4.3.2).
    public enum ClientCertificate: String, Sendable, Hashable, CaseIterable, KnobValue {
        case unasked
        /// It may have none.
        case asked
        /// Any will do.
        case required
        /// Only those that the server's own CA has signed.
        case trusted
        /// None will do.
        case refused
    }

    /// A message behind the handshake (RFC 8446 §4.6, RFC 5246 §7.4.1.1).
    public struct PostHandshake: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable, KnobValue {
            /// HelloRequest of TLS 1.2 (RFC 5246 §7.4.1.1).
            case helloRequest = "hello-request"
            /// KeyUpdate of TLS 1.3 (RFC 8446 §4.6.3).
            case keyUpdate = "key-update"
            /// KeyUpdate, and the client is to do the same.
            case keyUpdateRequested = "key-update-requested"
        }
        public var kind: Kind
        /// Bytes of plaintext that the server sends before.
        public var after: Int

        public init(_ kind: Kind, after: Int) {
            self.kind = kind
            self.after = after
        }
    }

    /// How a server refuses a handshake.
    public enum Refusal: Sendable, Hashable {
        /// A fatal alert of that number (RFC 8446 §6).
        case alert(Int)
        /// A response of plain HTTP.
        case plainHTTP
        /// Bytes of chance.
        case garbage([UInt8])
    }

    public init(certificate: Certificate, versions: ClosedRange<TLSVersion> = .tls1_2 ... .tls1_3) {
        self.certificate = certificate
        self.versions = versions
    }

    /// Whether OpenSSL would refuse to take part without being told that nobody cares.
    public var isWeak: Bool {
        self.versions.lowerBound < .tls1_2 || self.ciphers != nil || self.groups != nil
            || self.dhGroup != nil
            || self.certificate.isWeak
    }
}

/// A version of TLS.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable, KnobValue {
    case tls1_0 = "1.0"
    case tls1_1 = "1.1"
    case tls1_2 = "1.2"
    case tls1_3 = "1.3"

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}
