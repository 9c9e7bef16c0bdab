/// A way in which a server can misbehave.
///
/// A fault is a value: its stored properties are the knobs that a profile sets and what it remembers
/// while one stream runs. The engine copies the configured value for each exchange or stream that it
/// strikes, so state is a plain `var` and needs no lock.
///
/// A fault conforms to exactly one of ``ImageFault``, ``ResponseFault``, ``HandshakeFault`` and
/// ``StreamFault``, which say at which layer of a download it works.
public protocol Fault: Sendable {
    /// Name, summary, the requirement that a correct client meets, and the knobs.
    static var manual: Manual { get }

    /// Reads the knobs that a profile sets. A knob that nobody reads is an error in the profile.
    /// - Throws: ``KnobError``, which the profile's reader shows with file, line and column.
    init(_ knobs: inout Knobs) throws
}

/// Edits what the firmware *is*, before anything is said about it: length, entity tag and ranges are
/// those of the edited image.
public protocol ImageFault: Fault {
    /// Edits the image. The dice depend on the seed and the rule alone, so each request that the rule
    /// strikes sees the same bytes. It is called once a run and image, not for each request, so it may
    /// read the whole image.
    /// - Throws: ``ImageError`` if the image is not of the format that the fault speaks of, or cannot be read.
    func edit(_ image: inout Image, using dice: inout Dice) throws
}

/// Edits what is *said* about the image: status, fields, body, and how the connection goes on after it.
public protocol ResponseFault: Fault {
    func edit(_ response: inout Response, to request: Request, using dice: inout Dice)
    /// Whether it tells the client to come to the same port without TLS, so that the server has to speak
    /// plain HTTP there too. Default: no.
    var speaksPlainHTTP: Bool { get }
}

extension ResponseFault {
    public var speaksPlainHTTP: Bool { false }
}

/// Edits *who* says it: the certificate, the TLS versions and ciphers of one connection.
public protocol HandshakeFault: Fault {
    func edit(_ handshake: inout Handshake, using dice: inout Dice)
}

/// Edits how it *flows*: is handed consecutive ``Chunk``s of a stream and answers with steps.
///
/// A stream fault must not care where chunks are cut, unless its ``unit`` is a record or a frame:
/// the same stream, cut differently, gives the same bytes, the same total wait and the same ending.
public protocol StreamFault: Fault {
    /// What a chunk is to this fault. Default: ``StreamUnit/byte``.
    static var unit: StreamUnit { get }

    /// The only place where the fault means something; nil: it means something at each. Default: the one that
    /// has such units.
    static var place: Place? { get }

    /// The stream begins, before anything was said. Default: nothing.
    mutating func begin(_ outlet: inout Outlet, using dice: inout Dice)

    /// Takes a chunk and says what happens to it. A chunk that is neither sent nor kept is dropped.
    mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice)

    /// The honest stream has ended. Default: `outlet.end(.clean)`.
    mutating func finish(_ outlet: inout Outlet, using dice: inout Dice)
}

extension StreamFault {
    public static var unit: StreamUnit { .byte }

    public static var place: Place? {
        switch Self.unit {
        case .byte: nil
        case .record: .link
        case .frame: .http
        }
    }

    public mutating func begin(_ outlet: inout Outlet, using dice: inout Dice) {}

    public mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.end(.clean)
    }
}

/// What a chunk is to a stream fault.
public enum StreamUnit: Sendable, Hashable {
    /// Consecutive bytes, cut anywhere.
    case byte
    /// One TLS record a chunk; only on ``Place/link``.
    case record
    /// One frame of HTTP/2 a chunk; only on ``Place/http``, and only of connections that speak it.
    case frame
}

/// Where a stream fault taps the bytes of a download.
public enum Place: String, Sendable, Hashable, CaseIterable, KnobValue {
    /// The image's bytes, before framing. Offsets are offsets *in the image*, so they mean the same to
    /// a client that resumes with a range.
    case body
    /// The connection's plaintext: status lines, fields and bodies of all its responses.
    case http
    /// What goes to the socket: the TLS records, the handshake included.
    case link
}
