import FaultServer
import Glibc

/// What a person sees.
enum Terminal {
    /// Whether a descriptor is a terminal that wants colour (https://no-color.org).
    static func isColoured(_ descriptor: Int32) -> Bool {
        self.isInteractive(descriptor) && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
    }

    /// Whether a descriptor is a terminal on which the cursor can be moved.
    static func isInteractive(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// What takes back the last lines that were written (ECMA-48 §8.3.22 CUU, §8.3.39 ED).
    static func erasing(lines count: Int) -> String {
        count > 0 ? "\u{1B}[\(count)A\r\u{1B}[J" : ""
    }

    /// - Returns: 80 columns and 24 rows where the terminal does not say.
    static func size(_ descriptor: Int32) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
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
