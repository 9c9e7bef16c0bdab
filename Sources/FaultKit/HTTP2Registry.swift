/// Sizes of frames of HTTP/2.
package enum FrameSize {
    /// Bytes of a frame's header (RFC 9113 §4.1).
    package static let header = 9
    /// Bytes behind it that each peer takes, whatever its SETTINGS are (RFC 9113 §4.2).
    package static let leastMaximum = 16_384
}

/// Types of frames of HTTP/2 by their names (RFC 9113 §6).
package enum FrameType: String, CaseIterable, KnobValue {
    case data = "DATA"
    case headers = "HEADERS"
    case priority = "PRIORITY"
    case rstStream = "RST_STREAM"
    case settings = "SETTINGS"
    case pushPromise = "PUSH_PROMISE"
    case ping = "PING"
    case goAway = "GOAWAY"
    case windowUpdate = "WINDOW_UPDATE"
    case continuation = "CONTINUATION"

    package init?(number: UInt8) {
        guard number < Self.allCases.count else { return nil }
        self = Self.allCases[Int(number)]
    }

    package var number: UInt8 {
        // In the order of their numbers, from 0.
        UInt8(Self.allCases.firstIndex(of: self) ?? 0)
    }

    /// The name of any number: `frame of type 32`, where RFC 9113 has none.
    package static func name(_ number: UInt8) -> String {
        FrameType(number: number)?.rawValue ?? "frame of type \(number)"
    }
}

/// An error code of RST_STREAM and GOAWAY (RFC 9113 §7).
package struct ErrorCode: Sendable {
    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
        "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
        "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]

    package static let noError = ErrorCode(0)
    package static let protocolError = ErrorCode(1)
    package static let internalError = ErrorCode(2)

    package let number: UInt32

    package init(_ number: UInt32) { self.number = number }

    /// - Returns: nil if RFC 9113 has no such name.
    package init?(named name: String) {
        guard let place = Self.names.firstIndex(of: name) else { return nil }
        self.init(UInt32(place))
    }

    /// `error 99` where RFC 9113 has no name.
    package var name: String {
        self.number < Self.names.count ? Self.names[Int(self.number)] : "error \(self.number)"
    }
}
