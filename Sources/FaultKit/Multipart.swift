import NIOCore

/// Several ranges in one body (RFC 9110 §14.6).
package struct Multipart {
    private let boundary: String

    /// - Parameter boundary: what stands between the parts, and occurs in none.
    package init(boundary: String) { self.boundary = boundary }

    package var type: String { "multipart/byteranges; boundary=\(self.boundary)" }

    package func body(_ image: Image, _ ranges: [Range<Int>], type: String) -> Body {
        var parts: [Body.Part] = []
        for (index, range) in ranges.enumerated() {
            let head =
                (index == 0 ? "" : "\r\n") + "--\(self.boundary)\r\nContent-Type: \(type)\r\n"
                + "Content-Range: \(range.contentRange(of: image.count))\r\n\r\n"
            parts.append(.bytes(ByteBuffer(string: head)))
            parts.append(.image(image, range))
        }
        parts.append(.bytes(ByteBuffer(string: "\r\n--\(self.boundary)--\r\n")))
        return Body(parts)
    }
}

extension Range<Int> {
    /// The value of `Content-Range`; the range is not empty (RFC 9110 §14.4).
    package func contentRange(of count: Int) -> String {
        "bytes \(self.lowerBound)-\(self.upperBound - 1)/\(count)"
    }
}
