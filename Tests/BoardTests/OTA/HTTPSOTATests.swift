@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// esp_https_ota, over the real client and with a real server.
    @Suite(.timeLimit(.minutes(3))) struct HTTPSOTATests {
        private static let image = Fixture.image("2.0.0", size: 40_000)

        /// An update from a server that has an image, and what was asked of it.
        private func update(
            _ path: String, partial: Int32? = nil,
            _ body: (inout esp_https_ota_config_t) -> esp_err_t = { esp_https_ota(&$0) }
        ) throws -> (Update, requests: [String]) {
            let server = try OTAServer(Self.image.bytes)
            let it = try Update.run(
                from: server.url + "/" + path, timeout: 5000, partial: partial, body)
            return (it, server.requests)
        }

        @Test(arguments: ["image", "eof", "redirect/1", "redirect/25"])
        func theNewAppBoots(_ path: String) throws {
            let (it, _) = try self.update(path)
            #expect(it.error == ESP_OK, "\(it.log)")
            #expect(it.boots == Fixture.slots[0])
            // Ten sectors, 40 writes of 1024 bytes, and otadata.
            #expect(it.operations == 10 + 40 + 2)
            #expect(
                it.log.prefix(2) == [
                    "I esp_https_ota: Starting OTA...",
                    "I esp_https_ota: Writing to partition subtype 16 at offset 0x110000",
                ])
            #expect(it.notableLog.isEmpty)
        }

        @Test func finishingEarlyIsFineAndChangesNothing() throws {
            let (it, _) = try self.update("image") { config in
                var handle: esp_https_ota_handle_t?
                esp_https_ota_begin(&config, &handle)
                #expect(!esp_https_ota_is_complete_data_received(handle))
                #expect(esp_https_ota_get_image_size(handle) == 40_000)
                #expect(esp_https_ota_get_status_code(handle) == 200)
                return esp_https_ota_finish(handle)
            }
            #expect(it.error == ESP_OK && it.boots == Fixture.factory && it.isOtadataBlank)
        }

        @Test func eventsTellTheStory() throws {
            let notes = Notes()
            let (it, _) = try self.update("image") { config in
                esp_event_handler_register(
                    ESP_HTTPS_OTA_EVENT, -1,
                    { notes, _, id, data in
                        // A write comes forty times.
                        let isLast = id == 5 && data?.load(as: Int32.self) == 40_000
                        if id != 5 || isLast { Notes.at(notes).note("\(id)") }
                    }, notes.pointer)
                let error = esp_https_ota(&config)
                while notes.all.last != "7" { vTaskDelay(1) }
                return error
            }
            #expect(it.error == ESP_OK)
            #expect(notes.all == ["0", "1", "3", "5", "6", "7"])
        }

        // MARK: In ranges

        @Test func rangesAreAskedForOneAfterAnother() throws {
            let (it, requests) = try self.update("range", partial: 16384)
            #expect(it.error == ESP_OK && it.boots == Fixture.slots[0], "\(it.log)")
            #expect(
                requests == [
                    "HEAD /range -", "GET /range bytes=0-16383", "GET /range bytes=16384-32767",
                    "GET /range bytes=32768-",
                ])
        }
    }
}
