import FaultKit
import NIOCore

extension Handshake.Refusal {
    /// What is no TLS.
    var plainAnswer: (bytes: ByteBuffer, words: String)? {
        switch self {
        case .alert: nil
        // What a web server says on its port for plain HTTP to one who speaks TLS there.
        case .plainHTTP:
            (
                ByteBuffer(
                    string:
                        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                ),
                "plain HTTP"
            )
        case .garbage(let bytes): (ByteBuffer(bytes: bytes), "\(bytes.count) bytes of chance")
        }
    }
}
