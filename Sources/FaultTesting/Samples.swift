public import FaultKit
import NIOCore

/// What faults are tried on.
public enum Samples {
    /// Images of several lengths: none, 1 byte, a header's, and 100,003 bytes; of seeded bytes, with the
    /// magic byte of an ESP application image (0xE9) first. They carry ``signer``.
    public static let images: [Image] = [0, 1, 24, 100_003].map { count in
        var bytes = Self.bytes(count, seed: UInt64(count))
        if count > 0 { bytes[0] = 0xE9 }
        var image = Image(name: "sample-\(count).bin", bytes: bytes)
        image.signer = Self.signer
        return image
    }

    /// Has a key of the user's own. Images for ``Conformance`` that are signed should carry it.
    public static let signer = SampleSigner()

    static let handshake = Handshake(
        certificate: Certificate(
            commonName: "updates.example",
            names: [.dns("updates.example"), .ip("192.0.2.1"), .dns("192.0.2.1")]))

    /// Requests and what an honest server answers.
    static let exchanges: [(Request, Response)] = {
        let image = Image(name: "firmware.bin", bytes: Self.bytes(5000, seed: 5000))
        let whole = Response(
            status: 200, reason: "OK",
            fields: Self.fields(["Content-Length": "5000"]),
            body: Body([.image(image, 0..<5000)]))
        let part = Response(
            status: 206, reason: "Partial Content",
            fields: Self.fields(["Content-Length": "1000", "Content-Range": "bytes 0-999/5000"]),
            body: Body([.image(image, 0..<1000)]))
        let unmodified = Response(status: 304, reason: "Not Modified", fields: ["ETag": "\"v1\""])
        let refused = Response(
            status: 416, reason: "Range Not Satisfiable",
            fields: ["Content-Range": "bytes */5000", "Content-Length": "0"])
        let missing = Response(
            status: 404, reason: "Not Found",
            fields: ["Content-Type": "text/plain", "Content-Length": "10"],
            body: .text("Not found\n"))
        let path = "/firmware.bin"
        return [
            (Request(target: path), whole),
            (Request(method: "HEAD", target: path), whole),
            (Request(target: path, version: .http1_0), whole),
            (Request(target: path, fields: ["Range": "bytes=0-999"]), part),
            (Request(target: path, fields: ["If-None-Match": "\"v1\""]), unmodified),
            (Request(target: path, fields: ["Range": "bytes=9000-"]), refused),
            (Request(target: "/none?x=1"), missing),
        ]
    }()

    private static func fields(_ more: Fields) -> Fields {
        Fields(
            more.list + [
                Field("Content-Type", "application/octet-stream"), Field("ETag", "\"v1\""),
                Field("Last-Modified", "Sat, 01 Jun 2024 00:00:00 GMT"),
                Field("Accept-Ranges", "bytes"),
            ])
    }

    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var dice = Dice(seed: seed, for: 0x5A)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    }
}
