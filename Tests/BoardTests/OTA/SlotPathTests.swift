@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What is refused as it is written into the slot, and an end that comes too early.
    @Suite(.timeLimit(.minutes(10))) struct SlotPathTests {
        /// A response with these bytes.
        private static func body(_ bytes: [UInt8]) -> [Step] {
            [.request, .response(200, ["Content-Length: \(bytes.count)"]), .bytes(bytes)]
        }

        /// The image of the paths with other bytes.
        private static func image(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var image = UpdatePath.image
            change(&image)
            return image
        }

        private static func fails(_ error: esp_err_t, _ lines: String...) -> UpdatePath.End {
            .fails(.body, error, lines)
        }

        private static let offers = [
            UpdatePath(
                id: "img-magic", connections: [body(image { $0[0] ^= 1 })],
                end: fails(
                    ESP_ERR_OTA_VALIDATE_FAILED,
                    "E esp_ota_ops: OTA image has invalid magic byte (expected 0xE9, saw 0xe8)",
                    "E esp_https_ota: Error: esp_ota_write failed! err=0x1503"), operations: 1),
            // Who does not ask for the descriptor gets the image, which does not verify.
            UpdatePath(
                id: "desc-magic", connections: [body(image { $0[32] ^= 1 })],
                end: .fails(
                    .header, ESP_FAIL, ["E esp_https_ota: Incorrect app descriptor magic"]),
                inOneCall: .fails(
                    .finish, ESP_ERR_OTA_VALIDATE_FAILED, ["E esp_image: Checksum failed."])),
            UpdatePath(
                id: "chip-id-mismatch",
                connections: [body(Fixture.image("2.0.0", size: 20_000, chip: .esp32c3).bytes)],
                end: fails(
                    ESP_ERR_INVALID_VERSION,
                    "E esp_https_ota: Mismatch chip id, expected 0, found 5"), operations: 0),
            UpdatePath(
                id: "chip-id-mismatch", connections: [body(image { $0[13] = 0xFE })],
                end: fails(
                    ESP_ERR_INVALID_VERSION,
                    "E esp_https_ota: Mismatch chip id, expected 0, found 65024"), operations: 0),
        ]

        @Test(.covers("img-magic", "desc-magic", "chip-id-mismatch"), arguments: offers)
        func theFirstBytesAreLookedAt(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.offers.map(\.id)))
            try path.check()
        }

        /// Erasing goes with the writes, so the slot is full before it is seen to be too small: 256
        /// sectors, of four writes each.
        private static let full = [
            [
                Step.request, .head("HTTP/1.1 200 OK", "Content-Length: 1200000"),
                .bytes(Array(UpdatePath.image[0..<1024])), .repeat("x", 1_198_976),
            ],
            [
                .request, .head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
                .send("7fffffff\r\n"), .bytes(Array(UpdatePath.image[0..<1024])),
                .repeat("x", 1_200_000),
            ],
        ].map {
            UpdatePath(
                id: "write-past-slot", connections: [$0],
                end: fails(
                    ESP_ERR_INVALID_SIZE, "E esp_https_ota: Error: esp_ota_write failed! err=0x104"),
                operations: 256 + 1024)
        }

        @Test(.covers("write-past-slot"), arguments: full)
        func aLargeImageFailsWhenTheSlotIsFull(path: UpdatePath) throws { try path.check() }

        @Test(.covers("begin-image-too-large"))
        func erasingAllAtOnceSeesItAtTheBeginning() throws {
            let server = try OddServer([
                .request, .head("HTTP/1.1 200 OK", "Content-Length: 1048577"), .hold,
            ])
            let it = try Update.run(from: "http://127.0.0.1:\(server.port)/", timeout: 5000) {
                $0.bulk_flash_erase = true
                return esp_https_ota(&$0)
            }
            #expect(it.error == ESP_ERR_INVALID_SIZE && it.operations == 0)
            #expect(
                it.notableLog == ["E esp_https_ota: esp_ota_begin failed (ESP_ERR_INVALID_SIZE)"])
            #expect(it.boots == Fixture.factory && it.isOtadataBlank)
        }

        /// The last perform finds out that there is no more. Without it the image is whole, verified,
        /// and not the one to boot.
        @Test(.covers("finish-not-success")) func anEarlyFinishIsFineAndChangesNothing() throws {
            let server = try OddServer([.request] + Step.image() + [.hold])
            let it = try Update.run(from: "http://127.0.0.1:\(server.port)/", timeout: 5000) {
                var ota: esp_https_ota_handle_t?
                guard esp_https_ota_begin(&$0, &ota) == ESP_OK else { return ESP_FAIL }
                while esp_https_ota_get_image_len_read(ota) < UpdatePath.image.count {
                    let error = esp_https_ota_perform(ota)
                    guard error == ESP_ERR_HTTPS_OTA_BASE + 1 else { return error }
                }
                #expect(esp_https_ota_is_complete_data_received(ota))
                return esp_https_ota_finish(ota)
            }
            #expect(it.error == ESP_OK && it.notableLog.isEmpty, "\(it.log)")
            #expect(it.log.contains { $0.hasPrefix("I esp_image: segment 0:") })
            #expect(it.boots == Fixture.factory && it.isOtadataBlank)
        }
    }
}
