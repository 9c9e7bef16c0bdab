import FaultKit
import Faults
import NIOCore

/// What a response fault makes of an honest answer to a request for all, or a part, of 4 bytes.
enum EditedResponse {
    static let image = Image(name: "f", bytes: [1, 2, 3, 4])

    static func whole(
        _ fault: some ResponseFault, to request: Request = Request(target: "/f")
    ) -> Response {
        self.edit(
            fault,
            Response(
                status: 200, reason: "OK",
                fields: ["ETag": "\"1\"", "Content-Length": "4", "Content-Type": "a/b"],
                body: Body([.image(self.image, 0..<4)])), request)
    }

    static func part(_ fault: some ResponseFault) -> Response {
        self.edit(
            fault,
            Response(
                status: 206, reason: "Partial Content",
                fields: ["Content-Range": "bytes 1-2/4", "Content-Length": "2"],
                body: Body([.image(self.image, 1..<3)])),
            Request(target: "/f", fields: ["Range": "bytes=1-2"]))
    }

    private static func edit(
        _ fault: some ResponseFault, _ honest: Response, _ request: Request
    ) -> Response {
        var (response, dice) = (honest, Dice(seed: 1))
        fault.edit(&response, to: request, using: &dice)
        return response
    }
}

extension Response {
    /// The body: made bytes as text, and ranges of images.
    var bodyText: String {
        self.body.parts.map { part in
            switch part {
            case .bytes(let bytes): String(buffer: bytes)
            case .image(_, let range): "\(range)"
            }
        }.joined(separator: " ")
    }
}
