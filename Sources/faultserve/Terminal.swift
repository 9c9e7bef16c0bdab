import FaultServer
import Glibc

/// What a person sees.
enum Terminal {
    /// Whether a descriptor is a terminal that wants colour (https://no-color.org).
    static func isColoured(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, getenv("NO_COLOR").map({ $0.pointee == 0 }) ?? true else {
            return false
        }
        return getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// Writes a text and a line's end at once, past the buffers of the C library.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        Array((text + "\n").utf8).writeAll(to: descriptor)
    }

    /// Says what is wrong and ends the process.
    static func fail(_ text: String, status: Int32) -> Never {
        Self.write("faultserve: \(text)", to: STDERR_FILENO)
        exit(status)
    }

    /// Rows with their columns aligned; the last column is not padded.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                column == row.count - 1
                    ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
