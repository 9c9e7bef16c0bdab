import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What becomes of an update by the three apps, where that is the app's doing: in the words of
    /// ESP-IDF's examples.
    @Suite(.timeLimit(.minutes(10))) struct PathProgramTests {
        /// What a server does, and how an app ends.
        struct Row: Sendable, CustomTestStringConvertible {
            let id: String
            let steps: [Step]
            /// By app; what is said on the console.
            let lines: [String: [String]]
            var timeout = 5000
            var testDescription: String { self.id }
        }

        private static let image = UpdatePath.image
        private static let honest = Step.head("HTTP/1.1 200 OK", "Content-Length: \(image.count)")
        private static func bytes(_ range: Range<Int>) -> Step { .bytes(Array(image[range])) }
        private static func page(_ start: [UInt8]) -> Step {
            .bytes(start + [UInt8](repeating: 0x20, count: image.count - start.count))
        }

        private static let short = ["native_ota_example: received package is not fit len"]
        private static let readError = ["native_ota_example: Error: SSL data read error"]
        private static let noHeader = [
            "esp_https_ota: Complete headers were not received",
            "advanced_https_ota_example: esp_https_ota_get_img_desc failed",
            "advanced_https_ota_example: ESP_HTTPS_OTA upgrade failed",
        ]
        private static let noImage = [
            "esp_https_ota: Incorrect app descriptor magic",
            "advanced_https_ota_example: esp_https_ota_get_img_desc failed",
        ]
        private static let incomplete = [
            "esp_https_ota: data read -1, errno",
            "advanced_https_ota_example: Complete data was not received.",
            "advanced_https_ota_example: ESP_HTTPS_OTA upgrade failed",
        ]
        private static func magic(_ byte: String) -> [String] {
            ["esp_ota_ops: OTA image has invalid magic byte (expected 0xE9, saw 0x\(byte))"]
        }
        /// Longer than a time-out of 500 ms.
        private static let pause = Step.wait(1)

        private static let rows = [
            Row(
                id: "hdr-first-read-short",
                steps: [.head("HTTP/1.1 200 OK", "Content-Length: 180"), bytes(0..<180)],
                lines: ["native": short, "advanced": noHeader]),
            Row(
                id: "hdr-first-read-short",
                steps: [honest, bytes(0..<200), pause, bytes(200..<image.count)],
                lines: ["native": short], timeout: 500),
            Row(
                id: "body-stall", steps: [honest, bytes(0..<10_000), .hold],
                lines: ["native": readError], timeout: 500),
            Row(
                id: "body-slow",
                steps: [honest, bytes(0..<10_240), pause, pause, bytes(10_240..<image.count)],
                lines: ["native": readError], timeout: 500),
            Row(
                id: "body-short-fin", steps: [honest, bytes(0..<10_000), .fin],
                lines: ["native": readError, "advanced": incomplete]),
            Row(
                id: "http-content-encoding", steps: [honest, page([0x1F, 0x8B, 8])],
                lines: ["native": magic("1f"), "advanced": noImage]),
            Row(
                id: "http-captive-portal", steps: [honest, page(Array("<html>".utf8))],
                lines: ["native": magic("3c"), "advanced": noImage]),
            Row(
                id: "img-magic", steps: [honest, .bytes([0xE8] + image[1...])],
                lines: ["native": magic("e8")]),
            Row(
                id: "end-nothing-written", steps: [.response(), .fin],
                lines: [
                    "native": [
                        "native_ota_example: esp_ota_end failed (ESP_ERR_NOT_FOUND)!",
                        "native_ota_example: Exiting task due to fatal error...",
                    ]
                ]),
            Row(
                id: "body-trunc-matching-cl",
                steps: [.head("HTTP/1.1 200 OK", "Content-Length: 18000"), bytes(0..<18_000)],
                lines: [
                    "native": ["native_ota_example: Image validation failed, image is corrupted"],
                    "advanced": [
                        "advanced_https_ota_example: Image validation failed, image is corrupted",
                        "advanced_https_ota_example: ESP_HTTPS_OTA upgrade failed 0x1503",
                    ], "simple": ["simple_ota_example: Firmware upgrade failed"],
                ]),
            Row(
                id: "http-403-404", steps: [.response(404, body: "no"), .hold],
                lines: [
                    "advanced": [
                        "esp_https_ota: File not found(404)",
                        "esp_https_ota: Failed to establish HTTP connection",
                        "advanced_https_ota_example: ESP HTTPS OTA Begin failed",
                    ],
                    "simple": [
                        "esp_https_ota: Failed to establish HTTP connection",
                        "simple_ota_example: Firmware upgrade failed",
                    ],
                ]),
        ]

        @Test(
            .covers(
                "hdr-first-read-short", "body-stall", "body-slow", "body-short-fin",
                "http-content-encoding", "http-captive-portal", "img-magic", "end-nothing-written",
                "body-trunc-matching-cl", "http-403-404"), arguments: rows)
        func eachAppSaysWhyItHasFailed(row: Row) throws {
            #expect(Covers.current == Set(Self.rows.map(\.id)))
            for (app, lines) in row.lines {
                let board = try VirtualBoard(app)
                let server = try OddServer([[.request] + row.steps])
                let it = try board.run([
                    "--url", "http://127.0.0.1:\(server.port)/", "--timeout-ms", "\(row.timeout)",
                ])
                #expect(it.status == 0, "\(app): \(it.console)")
                var rest = it.console[...]
                for line in lines {
                    let range = try #require(rest.range(of: line), "\(app): \(it.console)")
                    rest = rest[range.upperBound...]
                }
                #expect(try board.report() == ["boot power-on", "app factory 1.0.0", "idle"])
                #expect(try board.isOtadataBlank)
            }
        }

        /// The native app looks at no status: an image installs with a 404 too, and a redirect is an
        /// image of no bytes.
        @Test func theNativeAppIgnoresTheStatus() throws {
            let board = try VirtualBoard("native")
            let server = try OddServer([[.request] + Step.image(404)])
            let it = try board.run(["--url", "http://127.0.0.1:\(server.port)/"])
            #expect(it.console.contains("Prepare to restart system!"))
            #expect(
                try board.report().suffix(3) == ["boot software", "app ota_0 2.0.0", "idle"])
            let other = try VirtualBoard("native")
            let redirecting = try OddServer([.request, .response(302, ["Location: /"]), .hold])
            let end = try other.run(["--url", "http://127.0.0.1:\(redirecting.port)/"])
            #expect(end.console.contains("esp_ota_end failed (ESP_ERR_NOT_FOUND)!"))
            #expect(try other.report().last == "idle" && other.isOtadataBlank)
        }
    }
}
