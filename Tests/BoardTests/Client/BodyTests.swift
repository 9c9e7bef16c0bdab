@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// How a body comes, and how it ends.
    @Suite(.timeLimit(.minutes(2))) struct BodyTests {
        let certificates: Certificates

        init() throws {
            board_set_defaults()
            self.certificates = try Certificates.shared.get()
        }

        /// Reads a whole body, 1024 bytes at a time.
        private func readAll(
            _ steps: [Step], tls: Bool = true, timeout: Int32 = 300
        ) throws -> (last: Int32, errno: Int32, bytes: Int, isComplete: Bool, log: [String]) {
            let server = try OddServer(
                (tls ? [.tls(self.certificates.server, max: "1.2")] : []) + [.request] + steps)
            let (result, log) = try BoardLog.during {
                let client = try #require(
                    HTTPClient(
                        "\(tls ? "https" : "http")://127.0.0.1:\(server.port)/",
                        ca: self.certificates.ca.pem, timeout: timeout))
                try #require(client.start() >= 0)
                let (last, number, bytes) = client.readAll()
                return (last, number, bytes, client.isComplete)
            }
            return (result.0, result.1, result.2, result.3, log)
        }

        private static let openEnd = Step.head("HTTP/1.1 200 OK", "Connection: close")
        private static let chunked = Step.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
        private static func length(_ count: Int) -> Step {
            .head("HTTP/1.1 200 OK", "Content-Length: \(count)")
        }
        private static let finLog =
            "W HTTP_CLIENT: esp_transport_read returned:-1 and errno:\(ENOTCONN) "

        @Test(arguments: [3000, 3072], [[Step.fin], [.closeNotify, .fin]])
        func aBodyWithALengthIsWholeHoweverItEnds(_ count: Int, _ end: [Step]) throws {
            let it = try self.readAll([Self.length(count), .repeat("x", count)] + end)
            #expect(it.last == 0 && it.bytes == count && it.isComplete && it.log.isEmpty)
        }

        @Test func moreThanTheLengthIsLeft() throws {
            let it = try self.readAll([Self.length(2000), .repeat("x", 3000), .fin])
            #expect(it.last == 0 && it.bytes == 2000 && it.isComplete)
        }

        @Test(arguments: [3000, 3072])
        func withoutALengthAFinEndsIt(_ count: Int) throws {
            for tls in [true, false] {
                let it = try self.readAll([Self.openEnd, .repeat("x", count), .fin], tls: tls)
                #expect(it.last == 0 && it.bytes == count && it.isComplete && it.log.isEmpty)
            }
        }

        @Test func withoutALengthACloseNotifyEndsItUnlessItIsAligned() throws {
            let good = try self.readAll([Self.openEnd, .repeat("x", 3000), .closeNotify, .fin])
            #expect(good.last == 0 && good.bytes == 3000 && good.isComplete && good.log.isEmpty)
            let bad = try self.readAll([Self.openEnd, .repeat("x", 3072), .closeNotify, .fin])
            #expect(bad.last == -1 && bad.errno == 0 && bad.bytes == 3072)
            #expect(!bad.isComplete && bad.log.isEmpty)
        }

        @Test(arguments: [[Step.fin], [.closeNotify, .fin]])
        func aBodyThatIsCutOffFails(_ end: [Step]) throws {
            let it = try self.readAll([Self.length(5000), .repeat("x", 3000)] + end)
            #expect(it.last == -1 && it.errno == ENOTCONN && it.bytes == 3000 && !it.isComplete)
            #expect(Set(it.log) == [Self.finLog])
        }

        @Test func aBodyThatIsCutOffAlignedFailsWithoutAnErrno() throws {
            let it = try self.readAll([
                Self.length(5000), .repeat("x", 3072), .closeNotify, .fin,
            ])
            #expect(it.last == -1 && it.errno == 0 && it.bytes == 3072 && it.log.isEmpty)
        }

        @Test func aCloseNotifyWithoutFinLooksLikeAStall() throws {
            for head in [Self.openEnd, Self.length(5000)] {
                let it = try self.readAll([head, .repeat("x", 3000), .closeNotify, .hold])
                #expect(it.last == -0x7007 && it.bytes == 3000 && !it.isComplete)
                #expect(it.log.isEmpty)
            }
        }

        @Test func aStallNeverEndsButGivesWhatThereIs() throws {
            let server = try OddServer([
                .request, Self.length(5000), .repeat("x", 1500), .hold,
            ])
            let client = try #require(
                HTTPClient("http://127.0.0.1:\(server.port)/", timeout: 100))
            #expect(client.start() == 5000)
            #expect(client.read(1024).result == 1024)
            #expect(client.read(1024).result == 476)
            for _ in 0..<3 { #expect(client.read(1024).result == -0x7007) }
        }

        @Test func aResetIsAReadError() throws {
            let it = try self.readAll([Self.length(5000), .repeat("x", 3072), .wait(0.2), .rst])
            #expect(it.last == -1 && it.bytes == 3072 && it.errno == ECONNRESET)
            #expect(
                it.log == [
                    "E esp-tls-mbedtls: read error :-0x0050:",
                    "E transport_base: esp_tls_conn_read error, errno=Connection reset by peer",
                    "W HTTP_CLIENT: esp_transport_read returned:-80 and errno:\(ECONNRESET) ",
                    "E HTTP_CLIENT: transport_read: error - -1 | ESP_FAIL",
                ])
        }

        @Test(arguments: [
            ("\u{17}\u{3}\u{3}\u{0}\u{28}" + String(repeating: "z", count: 40), "7180"),
            ("\u{17}\u{3}\u{3}\u{ff}\u{ff}", "7100"),
        ])
        func aRecordThatIsWrongIsAReadError(_ record: String, _ code: String) throws {
            let it = try self.readAll([
                Self.length(5000), .repeat("x", 3072), .raw(record), .hold,
            ])
            #expect(it.last == -1 && it.bytes == 3072)
            #expect(it.log.first == "E esp-tls-mbedtls: read error :-0x\(code):")
            #expect(it.log.last == "E HTTP_CLIENT: transport_read: error - -1 | ESP_FAIL")
        }

        @Test(arguments: [(4000, nil), (4200, "7200"), (16000, "7100")] as [(Int, String?)])
        func aSmallReceiveBufferRefusesLongRecords(_ count: Int, _ code: String?) throws {
            board.tls_in_length = 4096
            defer { board_set_defaults() }
            let it = try self.readAll([Self.length(count), .wait(0.1), .repeat("x", count), .fin])
            if let code {
                #expect(it.last == -1 && it.bytes == 0)
                #expect(it.log.first == "E esp-tls-mbedtls: read error :-0x\(code):")
            } else {
                #expect(it.last == 0 && it.bytes == count && it.log.isEmpty)
            }
        }

        @Test func chunksMayHaveExtensionsAndTrailers() throws {
            let it = try self.readAll(
                [Self.chunked, .send("3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n"), .hold],
                tls: false)
            #expect(it.last == 0 && it.bytes == 5 && it.isComplete && it.log.isEmpty)
        }

        @Test(arguments: ["5\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\nZZZZ\r\nabc"])
        func chunksThatAreCutOffOrWrongFailWithTheConnection(_ body: String) throws {
            let it = try self.readAll([Self.chunked, .send(body), .fin], tls: false)
            #expect(it.last == -1 && it.errno == ENOTCONN && it.bytes == 3 && !it.isComplete)
            #expect(it.log.isEmpty)  // the line is one of debugging
        }

        @Test func aMissingLastChunkIsAStall() throws {
            let it = try self.readAll([Self.chunked, .send("3\r\nabc\r\n"), .hold], tls: false)
            #expect(it.last == -0x7007 && it.bytes == 3 && !it.isComplete)
        }
    }
}
