/// Types of frames by their names (RFC 9113 §6, and the registry that it sets up).
enum FrameType {
    private static let names = [
        "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
        "WINDOW_UPDATE", "CONTINUATION",
    ]

    static func name(_ type: UInt8) -> String {
        type < Self.names.count ? Self.names[Int(type)] : "frame of type \(type)"
    }
}

/// Error codes of RST_STREAM and GOAWAY (RFC 9113 §7).
enum ErrorCode {
    static let noError: UInt32 = 0
    static let internalError: UInt32 = 2

    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
        "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
        "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]

    static func name(_ code: UInt32) -> String {
        code < Self.names.count ? Self.names[Int(code)] : "error \(code)"
    }
}
