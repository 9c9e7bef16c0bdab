import FaultKit
import NIOCore

/// What a folder holds, for people and for programs.
struct Listing {
    /// The most names of a folder that are looked at.
    static let limit = 10_000

    struct Entry: Hashable {
        let name: [UInt8]
        /// In bytes; nil for a folder.
        let size: Int?
        /// Seconds since 1970.
        let modified: Int

        var isFolder: Bool { self.size == nil }
        /// The name as text; bytes that are none are replaced.
        var text: String { String(decoding: self.name, as: UTF8.self) }
    }

    /// The folder's path, without slashes.
    private let segments: [[UInt8]]
    /// Folders first, then in the order of the names' bytes.
    private let entries: [Entry]
    private let isComplete: Bool

    init(of segments: [[UInt8]], _ entries: [Entry], isComplete: Bool) {
        self.segments = segments
        self.entries = entries.sorted {
            $0.isFolder == $1.isFolder
                ? $0.name.lexicographicallyPrecedes($1.name) : $0.isFolder
        }
        self.isComplete = isComplete
    }

    /// The answer, without the fields that every response has.
    func response(asJSON: Bool) -> Response {
        let body = Body.text(asJSON ? self.json : self.html)
        return Response(
            status: 200, reason: "OK",
            fields: [
                "Content-Type": asJSON ? "application/json" : "text/html; charset=utf-8",
                "Content-Length": String(body.count),
                "Cache-Control": "no-store",
                "Vary": "Accept",
            ], body: body)
    }

    private var path: String {
        self.segments.reduce(into: "/") { $0 += String(decoding: $1, as: UTF8.self) + "/" }
    }

    /// `{"path":"/","entries":[{"name":…,"type":"file","size":…,"modified":…}]}`; a folder's size is
    /// null, and `"truncated":true` is added where names were left out.
    private var json: String {
        let entries = self.entries.map { entry in
            "{\"name\":\(entry.text.json),\"type\":\"\(entry.isFolder ? "directory" : "file")\","
                + "\"size\":\(entry.size.map(String.init) ?? "null"),"
                + "\"modified\":\"\(CivilTime(secondsSince1970: entry.modified).timestamp)\"}"
        }
        return "{\"path\":\(self.path.json),\"entries\":[\(entries.joined(separator: ","))]"
            + (self.isComplete ? "" : ",\"truncated\":true") + "}\n"
    }

    private var html: String {
        let title = "Files in \(self.path.html)"
        let parent =
            self.segments.isEmpty
            ? "" : "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n"
        let note =
            self.isComplete
            ? "" : "<p>Only \(Self.limit) names are listed; there are more.</p>\n"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 50rem; \
            padding: 0 .75rem; }
            h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
            table { border-collapse: collapse; width: 100%; }
            th, td { padding: .2rem .4rem; text-align: left; vertical-align: top; }
            td:first-child { overflow-wrap: anywhere; }
            th:nth-child(2), td:nth-child(2) { text-align: right; }
            td:nth-child(n+2) { font-variant-numeric: tabular-nums; }
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            <table>
            <thead><tr><th>Name</th><th>Bytes</th><th>Modified (UTC)</th></tr></thead>
            <tbody>
            \(parent)\(self.entries.map(Self.row).joined())</tbody>
            </table>
            \(note)</body>
            </html>

            """
    }

    private static func row(_ entry: Entry) -> String {
        let slash = entry.isFolder ? "/" : ""
        let time = CivilTime(secondsSince1970: entry.modified)
        return "<tr><td><a href=\"\(PercentEncoding.encoded(entry.name))\(slash)\">"
            + "\(entry.text.html)\(slash)</a></td><td>\(entry.size.map(String.init) ?? "")</td>"
            + "<td>\(time.date) \(time.clock)</td></tr>\n"
    }
}

extension CivilTime {
    /// `1994-11-06T08:49:37Z` (RFC 3339).
    fileprivate var timestamp: String { "\(self.date)T\(self.clock)Z" }
}

extension String {
    /// As a string of JSON, quotes included (RFC 8259 §7).
    fileprivate var json: String {
        self.unicodeScalars.reduce(into: "\"") { text, scalar in
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\u{0}"..<" ":
                text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        } + "\""
    }

    /// As text or an attribute of HTML, which has no control characters but white space.
    fileprivate var html: String {
        self.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
