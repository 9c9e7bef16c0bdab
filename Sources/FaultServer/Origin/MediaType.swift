/// What a file holds, told by its name.
enum MediaType {
    static let binary = "application/octet-stream"

    /// The type for a name's extension; ``binary`` where nothing better is known.
    static func of(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return Self.binary }
        let suffix = String(decoding: name.utf8[dot...].dropFirst(), as: UTF8.self).lowercased()
        return Self.table[suffix] ?? Self.binary
    }

    private static let table = [
        "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8", "csv": "text/csv; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "md": "text/markdown; charset=utf-8", "txt": "text/plain; charset=utf-8",
        // Linkers' maps, logs, Intel HEX and Motorola S-records are text.
        "map": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8",
        "hex": "text/plain; charset=utf-8", "srec": "text/plain; charset=utf-8",
        "json": "application/json", "xml": "application/xml", "pdf": "application/pdf",
        "yaml": "application/yaml", "yml": "application/yaml", "wasm": "application/wasm",
        "pem": "application/x-pem-file", "crt": "application/x-x509-ca-cert",
        "cer": "application/x-x509-ca-cert", "der": "application/x-x509-ca-cert",
        "gz": "application/gzip", "zip": "application/zip", "zst": "application/zstd",
        "xz": "application/x-xz", "bz2": "application/x-bzip2", "tar": "application/x-tar",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "svg": "image/svg+xml", "ico": "image/vnd.microsoft.icon",
        "bin": Self.binary, "elf": Self.binary, "img": Self.binary, "swu": Self.binary,
    ]
}
