import Foundation
import Testing

/// Responses that are whole, and connections that are not what they promise: by curl, which asks twice.
@Suite struct ConnectionPromiseTests {
    /// What curl says of two requests on one command line, and the two bodies.
    private func twice(_ fault: String) throws -> (done: Finished, bodies: [Data]) {
        let server = try Faultserve(["--fault", fault], host: "localhost")
        let folder = server.folder
        let done = try run(
            "curl",
            [
                "-sSv", "--max-time", "10", "--cacert", server.ca,
                "-o", folder.file("first"), server.url + "/firmware.bin",
                "-o", folder.file("second"), server.url + "/firmware.bin",
            ])
        return (done, try ["first", "second"].map { try folder.bytes($0) })
    }

    @Test func theConnectionEndsBehindTheWhole() throws {
        let (done, bodies) = try self.twice("close-connection ending=cut says=keep-alive")
        #expect(done.status == 0, "\(done.errors)")
        let areSame = bodies[0] == bodies[1]
        #expect(areSame && bodies[0].count == 602_224)
        #expect(done.errors.contains("Connection: keep-alive"))
        #expect(done.errors.matches(of: #/Connected to localhost/#).count == 2, "\(done.errors)")
    }

    /// curl 7.88 falls for it: it takes what lies on the connection for the answer to its next request.
    @Test func aSecondResponseIsTakenForTheNextRequests() throws {
        let (done, bodies) = try self.twice("surplus-bytes response=yes when.request=1")
        #expect(done.status == 0, "\(done.errors)")
        #expect(bodies[0].count == 602_224)
        #expect(String(decoding: bodies[1], as: UTF8.self) == "smuggled\n")
    }

    @Test func linesEndWithLFAlone() throws {
        let server = try Faultserve(["--fault", "bare-lf", "--plain"], host: "localhost")
        let head = try run(
            "sh",
            [
                "-c",
                """
                printf 'HEAD /firmware.bin HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' |
                    nc -q 5 127.0.0.1 \(server.port)
                """,
            ]
        ).output
        #expect(head.hasPrefix("HTTP/1.1 200 OK\n") && head.hasSuffix("\n\n"))
        #expect(!head.utf8.contains(UInt8(ascii: "\r")))
        let server2 = try Faultserve(["--fault", "bare-lf"], host: "localhost")
        let got = try server2.curl(["-o", "/dev/null", server2.url + "/firmware.bin"])
        #expect(got.status == 0, "\(got.errors)")
    }
}
