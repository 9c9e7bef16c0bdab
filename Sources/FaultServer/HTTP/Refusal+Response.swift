import FaultKit

extension HTTP1Machine.Refusal {
    /// The limit that was met and what the client did, for the journal.
    var event: (name: String, detail: String) {
        switch self {
        case .malformed(let reason):
            ("request", "what the client sent is no HTTP request: \(reason)")
        case .headTooLarge: ("head-size", "the request's head is larger than the limit")
        case .bodyTooLarge: ("body-size", "the request's body is larger than the limit")
        case .expectation(let text): ("request", "an expectation that nobody knows: \(text)")
        case .version(let text): ("request", "a version of HTTP that is not spoken here: \(text)")
        }
    }

    /// The answer; the connection ends after it.
    func response(date: String) -> Response {
        let (status, reason, text) =
            switch self {
            case .malformed: (400, "Bad Request", "This is no HTTP/1 request.")
            case .headTooLarge:
                (431, "Request Header Fields Too Large", "The request's head is too large.")
            case .bodyTooLarge: (413, "Content Too Large", "The request's body is too large.")
            case .expectation:
                (417, "Expectation Failed", "Only the expectation 100-continue is known.")
            case .version:
                (505, "HTTP Version Not Supported", "Speak HTTP/1.1 or HTTP/1.0.")
            }
        let body = Body.text(text + "\n")
        return Response(
            status: status, reason: reason,
            fields: [
                "Server": "faultserve", "Date": date, "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": "\(body.count)", "Connection": "close",
            ], body: body, sequel: .end(.clean))
    }
}
