import FirmwareImage
import Foundation
import Testing

/// What a server does, and what becomes of an update by each stock method: as ESP-IDF v5.3.2's own client
/// was seen to end. The server is Python's `ssl`.
@Suite struct ServerBehaviourTests {
    /// How an update ends.
    enum End {
        case updated
        /// The old app runs on, and the console has said this.
        case refused(String)
        /// It is still at it after ten times its time-out.
        case waits

        var waits: Bool { if case .waits = self { true } else { false } }
    }

    struct Row: CustomTestStringConvertible {
        /// The server's path; see Fixtures/update_server.py.
        let testDescription: String
        let native: End
        let advanced: End
        let simple: End
        /// Erase and program operations in the slot, where they were counted.
        let operations: [String: Int]
        /// What `faultserve image make` is told.
        let image: [String]

        init(
            _ path: String, native: End, advanced: End, simple: End,
            operations: [String: Int] = [:], image: [String] = []
        ) {
            self.testDescription = path
            self.native = native
            self.advanced = advanced
            self.simple = simple
            self.operations = operations
            self.image = image
        }

        /// Where esp_https_ota's two examples do the same.
        init(
            _ path: String, native: End, others: End, operations: [String: Int] = [:],
            image: [String] = []
        ) {
            self.init(
                path, native: native, advanced: others, simple: others, operations: operations,
                image: image)
        }

        init(
            _ path: String, all end: End, operations: [String: Int] = [:], image: [String] = []
        ) {
            self.init(path, native: end, others: end, operations: operations, image: image)
        }

        func end(of method: String) -> End {
            method == "native" ? self.native : method == "advanced" ? self.advanced : self.simple
        }
    }

    private static let cut = End.refused("esp_https_ota: data read -1, errno")
    private static let readError = End.refused("Error: SSL data read error")
    private static let noHead = End.refused("esp_https_ota: Failed to establish HTTP connection")
    private static let nothing = End.refused("esp_ota_end failed (ESP_ERR_NOT_FOUND)!")
    private static let tooShort = End.refused("received package is not fit len")
    private static let headers = End.refused("esp_https_ota: Complete headers were not received")
    private static let corrupt = End.refused("ESP_ERR_OTA_VALIDATE_FAILED")

    static let rows: [Row] = [
        Row("honest", all: .updated),
        Row("chunked", all: .updated),
        Row("drip", all: .updated),
        Row("big-header", all: .updated),
        Row("trailing", all: .updated),
        Row("status-206", all: .updated),
        Row("no-length", all: .updated),
        Row("no-length-fin", all: .updated),
        Row("no-length-open", native: Self.readError, others: .waits),
        Row("cut-open", native: Self.readError, others: .waits),
        Row("cut-fin", native: Self.readError, others: Self.cut),
        Row("cut-rst", native: Self.readError, others: .refused("esp_https_ota: data read -1")),
        Row("long-length", native: Self.readError, others: Self.cut),
        Row("stall-body", native: Self.readError, others: .waits),
        Row("stall-header", native: Self.nothing, others: Self.noHead),
        Row("no-response", native: Self.nothing, others: Self.noHead),
        Row("garbage", native: Self.nothing, others: Self.noHead),
        Row("chunked-cut", native: Self.readError, others: Self.cut),
        Row("chunk-bad-size", native: Self.readError, others: Self.cut),
        Row("redirect", native: Self.nothing, others: .updated),
        Row("redirect-loop", native: Self.nothing, others: .waits),
        Row(
            "redirect-nowhere", native: Self.nothing,
            others: .refused("esp_https_ota: URL redirection Failed")),
        Row("redirect-http", native: Self.nothing, others: .updated),
        Row("status-404", native: Self.tooShort, others: .refused("File not found(404)")),
        Row("status-416", native: Self.tooShort, others: .refused("Client error (416)")),
        Row("status-500", native: Self.tooShort, others: .refused("Server error (500)")),
        Row(
            "status-401", native: Self.tooShort,
            others: .refused("esp_https_ota: Reached max_authorization_retries (401)")),
        Row(
            "captive", native: .refused("has invalid magic byte (expected 0xE9, saw 0x3c)"),
            advanced: .refused("esp_https_ota: Incorrect app descriptor magic"),
            simple: .refused("esp_https_ota: Mismatch chip id, expected 0, found"),
            operations: ["native": 1, "advanced": 0, "simple": 0]),
        Row("empty", native: Self.nothing, others: Self.headers),
        Row("body-200", native: Self.tooShort, others: Self.headers),
        Row("short-length", all: Self.corrupt),
        Row("short-body", all: Self.corrupt),
        Row("flip", all: .refused("esp_image: Checksum failed.")),
        Row(
            "honest (another chip)", native: .refused("boot_comm: mismatch chip ID, expected"),
            others: .refused("esp_https_ota: Mismatch chip id"),
            operations: ["native": Self.whole, "advanced": 0, "simple": 0],
            image: Self.size + ["--chip", "esp32c3"]),
        Row(
            "honest (a newer chip)", all: .refused("boot_comm: Image requires chip rev >= v"),
            operations: ["native": Self.whole, "advanced": Self.whole, "simple": Self.whole],
            image: Self.size + ["--set", "header.min_chip_rev_full=9900"]),
        // A slot of 1 MiB: 256 sectors, each of four writes.
        Row(
            "honest (too large)", all: .refused("Error: esp_ota_write failed! err=0x104"),
            operations: ["native": 1280, "advanced": 1280, "simple": 1280],
            image: ["--size", "1152KiB"]),
        Row(
            "honest (the same version)",
            native: .refused("Current running version is the same as a new."),
            advanced: .refused("Current running version is the same as a new."),
            simple: .updated, operations: ["native": 0, "advanced": 0],
            image: ["--version", "1.0.0"]),
        Row("honest (no digest)", all: .updated, image: ["--set", "header.hash_appended=0"]),
    ]

    private static let size = ["--size", "165616"]
    /// 165,616 bytes: 41 sectors, and 162 writes of at most 1024 bytes.
    private static let whole = 203

    @Test(.timeLimit(.minutes(5)), arguments: rows)
    func eachMethodEndsAsTheRealClientDid(row: Row) throws {
        let server = try UpdateServer(image: row.image)
        let path = String(row.testDescription.prefix { $0 != " " })
        for method in ["native", "advanced", "simple"] {
            let end = row.end(of: method)
            let run = try VirtualBoard().run(
                method, url: server.url + path, ca: server.ca,
                stoppedAfter: end.waits ? 6 : 60, ["--trace"])
            switch end {
            case .updated:
                #expect(run.status == 0 && run.outcome == "updated", "\(method): \(run.console)")
                #expect(run.running.hasPrefix("ota_0 "), "\(method)")
            case .refused(let line):
                #expect(run.status == 0, "\(method): \(run.console)")
                #expect(["rejected", "refused"].contains(run.outcome), "\(method)")
                #expect(run.console.contains(line), "\(method): \(run.console)")
                #expect(run.running == "factory 1.0.0", "\(method)")
            case .waits:
                #expect(run.status == 124, "\(method): \(run.console)")
                #expect(run.reports.allSatisfy { $0["event"] as? String != "update" })
            }
            if let operations = row.operations[method] {
                #expect(run.operations(in: 0x11_0000..<0x21_0000) == operations, "\(method)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func aRedirectToItselfIsFollowedForEverOnOneConnection() throws {
        let server = try UpdateServer(image: [])
        _ = try VirtualBoard().run(
            "advanced", url: server.url + "redirect-loop", ca: server.ca, stoppedAfter: 3)
        let requests = try server.requests
        #expect(requests.count > 100)
        #expect(Set(requests.map(\.connection)).count == 1)
    }

    /// As with faultserve: from factory to one slot, to the other, and back; in the words that ESP-IDF's
    /// own tests wait for.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("native", "Prepare to restart system!"), ("simple", "OTA Succeed, Rebooting..."),
            ("advanced", "ESP_HTTPS_OTA upgrade successful. Rebooting ..."),
            ("guarded", "Loaded app from partition at offset"),
        ])
    func pythonsServerUpdatesToo(method: String, line: String) throws {
        let board = try VirtualBoard()
        for (version, running, offset) in [
            ("2.0.0", "ota_0", "0x110000"), ("3.0.0", "ota_1", "0x210000"),
            ("4.0.0", "ota_0", "0x110000"),
        ] {
            let server = try UpdateServer(image: ["--version", version])
            let run = try board.run(
                method, url: server.url + "honest", ca: server.ca, stoppedAfter: 20)
            #expect(run.running == "\(running) \(version)", "\(run.console)")
            let lines = [line, "IPv4 address:", "Loaded app from partition at offset \(offset)"]
            for line in lines { #expect(run.console.contains(line), "\(run.console)") }
        }
    }
}
