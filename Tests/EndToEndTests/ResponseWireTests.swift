import Foundation
import Testing

/// Responses that are wrong, byte for byte as they leave: no layer repairs them.
///
/// Golden/responses has what a socket got, with its end; RECORD=1 writes it anew.
@Suite struct ResponseWireTests {
    /// By the golden file's name.
    private static let faults: [(name: String, rule: String)] = [
        ("status-503", "status code=503 retry-after=5"),
        ("status-999", "status code=999 reason=\"\" body=no"),
        ("interim", "interim-response code=100,103,199"),
        ("status-line-other", "status-line text=\"220 hello\""),
        ("status-line-version", "status-line text=\"HTTP/9.9 200 OK\""),
        ("status-line-no-reason", "status-line text=\"HTTP/1.1 200\""),
        ("status-line-nothing", "status-line text=\"\""),
        ("http-0.9", "status-line head=no"),
        ("bare-lf", "bare-lf"),
        ("no-length", "response-field name=Content-Length how=remove"),
        ("length-too-small", "response-field name=Content-Length value=5"),
        ("length-too-large", "wrong-length by=+10 ending=clean"),
        ("length-negative", "response-field name=Content-Length value=-5"),
        ("length-no-digit", "response-field name=Content-Length value=0x1A"),
        ("length-twice", "response-field name=Content-Length value=17 how=add"),
        ("length-2-31", "response-field name=Content-Length value=2147483648"),
        ("length-2-32", "response-field name=Content-Length value=4294967296"),
        ("length-2-63", "response-field name=Content-Length value=9223372036854775808"),
        ("length-and-chunked", "response-field name=Transfer-Encoding value=chunked how=add"),
        ("field-folded", "response-field name=X-Folded value=\"one\\r\\n two\""),
        ("field-bare-cr", "response-field name=X-CR value=\"one\\rtwo\""),
        ("field-with-no-name", "response-field name=\" \" value=x"),
        ("field-without-colon", "response-field name=\"no colon here\\r\\nX\" value=x"),
        ("fields-many", "response-field name=X value=y how=add times=5"),
        ("field-large", "response-field name=X value=ab size=101"),
        ("type-wrong", "response-field name=Content-Type value=text/html"),
        ("encoding-claimed", "response-field name=Content-Encoding value=br"),
        ("date-wrong", "response-field name=Date value=yesterday"),
        ("chunked", "chunked size=10"),
        ("chunked-extension", "chunked size=10 extension=;a=b trailer=yes"),
        ("chunked-bad-size", "chunked size=10 wrong-at=10"),
        ("chunked-no-last", "chunked size=10 last=no ending=cut"),
        ("chunked-bytes", "chunked size=1"),
        ("close-delimited", "close-delimited"),
        ("surplus", "surplus-bytes count=4"),
        ("second-response", "surplus-bytes response=yes"),
        ("connection-closed", "close-connection ending=cut says=keep-alive"),
        ("redirect-loop", "redirect"), ("redirect-308", "redirect code=308 to=http://b.example/x"),
        ("redirect-nowhere", "redirect location=no close=yes"),
        ("login-basic", "authenticate"), ("login-digest", "authenticate scheme=digest"),
        ("login-none", "authenticate scheme=none"),
        ("nothing", "no-response ending=clean"),
        ("early", "early-response"), ("early-kept", "early-response status=200 ending=none"),
    ]
    private static let ranges: [(name: String, rule: String)] = [
        ("range-ignored", "ranges how=ignore"), ("range-refused", "ranges how=refuse"),
        ("range-shifted", "ranges how=shift by=3"), ("range-moved", "ranges how=move by=3"),
        ("range-empty", "ranges how=empty"), ("range-unknown", "ranges how=unknown"),
        ("range-multipart", "ranges how=multipart"),
    ]

    /// What came, in lines, with the date of now replaced, and the file's tag, which has its inode.
    private static func response(_ rule: String, range: Bool, from folder: Folder) throws -> String
    {
        let server = try Faultserve(["--plain", "--root", folder.path, "--fault", rule])
        let request =
            "GET /f.bin HTTP/1.1\\r\\nHost: x\\r\\n" + (range ? "Range: bytes=10-15\\r\\n" : "")
            + "\\r\\n"
        let done = try run(
            "python3",
            [
                checkout + "/Tests/EndToEndTests/Fixtures/raw_http.py", "\(server.port)",
                server.folder.file("wire"), "0.4", request,
            ], within: 20)
        var text = ""
        for byte in try server.folder.bytes("wire") {
            switch byte {
            case UInt8(ascii: "\r"): text += "\\r"
            case UInt8(ascii: "\n"): text += "\\n\n"
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        let date = #/Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/#
        let tag = #/ETag: "[0-9a-f]+(-[0-9a-f]+)+"/#
        return text.replacing(date, with: "Date: (now)").replacing(tag, with: "ETag: (of the file)")
            + "(\(done.output.dropLast()))\n"
    }

    @Test(.timeLimit(.minutes(3))) func eachLeavesAsItIsWritten() throws {
        let folder = try Folder()
        try folder.write(Data("abcdefghijklmnopqrstuvwxyz".utf8), to: "f.bin")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
            ofItemAtPath: folder.file("f.bin"))
        let isRecording = ProcessInfo.processInfo.environment["RECORD"] != nil
        let golden = checkout + "/Tests/EndToEndTests/Golden/responses"
        let all = Self.faults.map { ($0, false) } + Self.ranges.map { ($0, true) }
        let found = try concurrently(all) { fault, range in
            try Self.response(fault.rule, range: range, from: folder)
        }
        if isRecording {
            try FileManager.default.createDirectory(
                atPath: golden, withIntermediateDirectories: true)
        }
        for ((fault, _), text) in zip(all, found) {
            let file = "\(golden)/\(fault.name).txt"
            let whole = "\(fault.rule)\n\(text)"
            if isRecording { try whole.write(toFile: file, atomically: true, encoding: .utf8) }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == whole, "\(fault.name)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: golden)
        #expect(Set(files) == Set(all.map { $0.0.name + ".txt" }))
    }
}
