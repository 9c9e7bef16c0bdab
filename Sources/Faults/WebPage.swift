public import FaultKit

/// Serves a web page as if it were the image.
public struct WebPage: ImageFault {
    public static let manual = Manual(
        name: "web-page",
        summary: "serves a web page in place of the image, with the image's own name and type",
        requirement:
            "The client sees by the first byte that this is no firmware, keeps what it runs, and erases "
            + "and writes nothing that it needs.",
        knobs: [
            .init("title", "what the page says; default that the user has to sign in"),
            .init(
                "size",
                "the page's length, filled up by a comment, at most 1MiB; default 4KiB, as a client may "
                    + "want 1024 bytes before it judges"),
        ],
        example: ["title": "Sign in to the network", "size": "4KiB"])

    private let page: [UInt8]

    /// Reads `title` and `size`.
    public init(_ knobs: inout Knobs) throws {
        let title = try knobs.read("title", default: "Sign in to the network")
        let size = try knobs.read("size", default: ByteCount(4 << 10)).bytes
        let least = Self.page(title, filling: 0).count
        guard least <= size, size <= 1 << 20 else {
            throw KnobError(
                knob: "size",
                "'size' does not do for a page of that title; write \(least) bytes to 1MiB")
        }
        self.page = Self.page(title, filling: size - least)
    }

    public func edit(_ image: inout Image, using dice: inout Dice) {
        image.replace(0..<image.count, with: self.page)
    }

    private static func page(_ title: String, filling count: Int) -> [UInt8] {
        let title = title.map { Self.escapes[$0] ?? String($0) }.joined()
        return Array(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(title)</title></head>
            <body>
            <h1>\(title)</h1>
            <p>You are not online yet. Accept the terms of use to go on.</p>
            <form method="post" action="/accept"><button>Accept</button></form>
            <!-- \(String(repeating: ".", count: count)) -->
            </body>
            </html>

            """.utf8)
    }

    private static let escapes: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
}
