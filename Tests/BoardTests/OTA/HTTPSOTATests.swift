@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// esp_https_ota, over the real client and with a real server.
    @Suite(.timeLimit(.minutes(3))) struct HTTPSOTATests {
        private static let image = Fixture.image("2.0.0", size: 40_000)

        /// What an update came to.
        private struct Outcome {
            var error: esp_err_t = ESP_OK
            var log = ""
            var boots: UInt32 = 0
            var isOtadataBlank = false
            var operations: UInt32 = 0
            var requests: [String] = []
        }

        private func update(
            _ path: String, image: AppImage = image, partial: Int32? = nil, timeout: Int32 = 300,
            _ body: @escaping (inout esp_https_ota_config_t) -> esp_err_t = { esp_https_ota(&$0) }
        ) throws -> Outcome {
            let server = try OTAServer(image.bytes)
            var outcome = Outcome()
            try Bench.with { bench in
                bench.furnish()
                #expect(bench.boot() == Fixture.factory)
                #expect(esp_event_loop_create_default() == ESP_OK)
                defer { esp_event_loop_delete_default() }
                let url = strdup(server.url + "/" + path)
                let pem = strdup("unused over http")
                defer { free(url); free(pem) }
                var http = esp_http_client_config_t()
                http.url = UnsafePointer(url)
                http.cert_pem = UnsafePointer(pem)
                http.timeout_ms = timeout
                let before = flash_operations()
                withUnsafePointer(to: http) { http in
                    var config = esp_https_ota_config_t()
                    config.http_config = http
                    if let partial {
                        config.partial_http_download = true
                        config.max_http_request_size = partial
                    }
                    outcome.error = body(&config)
                }
                outcome.operations = flash_operations() - before
                outcome.log = bench.log
                outcome.isOtadataBlank = bench.otadata.bytes.allSatisfy { $0 == 0xFF }
                outcome.boots = try bench.bootAgain() ?? 0
            }
            outcome.requests = server.requests
            return outcome
        }

        private func expectOldApp(
            _ outcome: Outcome, _ lines: [String], _ location: SourceLocation = #_sourceLocation
        ) {
            for line in lines {
                #expect(
                    outcome.log.contains(line), "\(outcome.log)", sourceLocation: location)
            }
            #expect(outcome.boots == Fixture.factory, sourceLocation: location)
            #expect(outcome.isOtadataBlank, sourceLocation: location)
        }

        @Test(arguments: ["image", "eof", "redirect/1", "redirect/25"])
        func theNewAppBoots(_ path: String) throws {
            let it = try self.update(path)
            #expect(it.error == ESP_OK, "\(it.log)")
            #expect(it.boots == Fixture.slots[0])
            // Ten sectors, 40 writes of 1024 bytes, and otadata.
            #expect(it.operations == 10 + 40 + 2)
            #expect(it.log.contains("esp_https_ota: Starting OTA..."))
            #expect(
                it.log.contains("esp_https_ota: Writing to partition subtype 16 at offset 0x110000")
            )
        }

        @Test(arguments: [
            (404, ["File not found(404)"]), (403, ["File not found(403)"]),
            (410, ["Client error (410)"]), (503, ["Server error (503)"]),
            (999, ["Server error (999)"]),
            (
                401,
                [
                    "This request requires authentication, but does not provide",
                    "Reached max_authorization_retries (401)",
                ]
            ), (204, ["Complete headers were not received"]),
        ])
        func aStatusIsReported(_ status: Int, _ lines: [String]) throws {
            let it = try self.update("status/\(status)")
            #expect(it.error == ESP_FAIL)
            self.expectOldApp(it, lines)
            if status >= 400 { self.expectOldApp(it, ["Failed to establish HTTP connection"]) }
            #expect(it.operations == 0)
            #expect(it.requests.count == (status == 401 ? 11 : 1))
        }

        @Test func aRedirectToNowhereFails() throws {
            self.expectOldApp(try self.update("nowhere"), ["URL redirection Failed"])
        }

        @Test(arguments: [0, 600, 1023])
        func lessThanAHeaderIsRefused(_ count: Int) throws {
            let it = try self.update("short/\(count)")
            #expect(it.error == ESP_FAIL && it.operations == 0)
            self.expectOldApp(it, ["Complete headers were not received"])
        }

        @Test(arguments: [3000, 20_480])
        func aBodyThatIsCutOffFails(_ count: Int) throws {
            let it = try self.update("cut/\(count)")
            #expect(it.error == ESP_FAIL)
            self.expectOldApp(it, ["esp_https_ota: data read -1, errno \(ENOTCONN)"])
        }

        @Test func aTruncatedImageDoesNotVerify() throws {
            let it = try self.update("short/20000")
            #expect(it.error == ESP_ERR_OTA_VALIDATE_FAILED)
            self.expectOldApp(it, ["esp_image: "])
        }

        @Test func aStallLongerThanTheTimeoutIsNoError() throws {
            for count in [500, 20_000] {
                let it = try self.update("stall/\(count)", timeout: 200)
                #expect(it.error == ESP_OK && it.boots == Fixture.slots[0], "\(it.log)")
            }
        }

        @Test func theLowHalfOfAHugeLengthIsTheError() throws {
            let it = try self.update("length/1000000000000") { config in
                var handle: esp_https_ota_handle_t?
                return esp_https_ota_begin(&config, &handle)
            }
            #expect(it.error == Int32(bitPattern: 0xD4A5_1000))
            self.expectOldApp(it, ["Failed to establish HTTP connection"])
        }

        @Test func anotherChipIsRefusedBeforeAnythingIsWritten() throws {
            let it = try self.update("image", image: Fixture.image(size: 40_000, chip: .esp32c3))
            #expect(it.error == ESP_ERR_INVALID_VERSION && it.operations == 0)
            self.expectOldApp(it, ["Mismatch chip id, expected 0, found 5"])
        }

        @Test func aDescriptorThatIsNoneIsRefused() throws {
            var image = Self.image
            image.segments[0].data[0] ^= 1
            let it = try self.update("image", image: image) { config in
                var handle: esp_https_ota_handle_t?
                var descriptor = esp_app_desc_t()
                esp_https_ota_begin(&config, &handle)
                let error = esp_https_ota_get_img_desc(handle, &descriptor)
                esp_https_ota_abort(handle)
                return error
            }
            #expect(it.error == ESP_FAIL && it.operations == 0)
            self.expectOldApp(it, ["Incorrect app descriptor magic"])
        }

        @Test func bulkEraseRefusesWhatIsLongerThanTheSlot() throws {
            let it = try self.update("length/2000000") { config in
                config.bulk_flash_erase = true
                return esp_https_ota(&config)
            }
            #expect(it.error == ESP_ERR_INVALID_SIZE)
            self.expectOldApp(it, ["esp_ota_begin failed (ESP_ERR_INVALID_SIZE)"])
        }

        @Test func withoutATrustedRootNothingBegins() throws {
            let it = try self.update("image") { config in
                var http = config.http_config.pointee
                http.cert_pem = nil
                return withUnsafePointer(to: http) { http in
                    config.http_config = http
                    var handle: esp_https_ota_handle_t?
                    return esp_https_ota_begin(&config, &handle)
                }
            }
            #expect(it.error == ESP_ERR_INVALID_ARG && it.requests.isEmpty)
            self.expectOldApp(it, ["No option for server verification is enabled"])
        }

        @Test func finishingEarlyIsFineAndChangesNothing() throws {
            let it = try self.update("image") { config in
                var handle: esp_https_ota_handle_t?
                esp_https_ota_begin(&config, &handle)
                #expect(!esp_https_ota_is_complete_data_received(handle))
                #expect(esp_https_ota_get_image_size(handle) == 40_000)
                #expect(esp_https_ota_get_status_code(handle) == 200)
                return esp_https_ota_finish(handle)
            }
            #expect(it.error == ESP_OK)
            self.expectOldApp(it, [])
        }

        @Test func eventsTellTheStory() throws {
            let notes = Notes()
            let it = try self.update("image") { config in
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
            let it = try self.update("range", partial: 16384)
            #expect(it.error == ESP_OK && it.boots == Fixture.slots[0], "\(it.log)")
            #expect(
                it.requests == [
                    "HEAD /range -", "GET /range bytes=0-16383", "GET /range bytes=16384-32767",
                    "GET /range bytes=32768-",
                ])
        }

        /// The one-shot call says that it went well, and the old app boots.
        @Test(arguments: ["head-no-length", "head-less/5000"])
        func aSizeThatIsMissingOrTooSmallIsAFalseSuccess(_ path: String) throws {
            let it = try self.update(path, partial: 16384)
            #expect(it.error == ESP_OK, "\(it.log)")
            self.expectOldApp(it, [])
        }

        @Test func aHeadThatIsRefusedEndsIt() throws {
            let it = try self.update("status/405", partial: 16384)
            #expect(it.error == ESP_FAIL)
            self.expectOldApp(it, ["Received incorrect http status 405"])
        }

        @Test func aRedirectLoopOfTheHeadEndsAtTen() throws {
            let it = try self.update("redirect/30", partial: 16384)
            #expect(it.error == ESP_FAIL)
            self.expectOldApp(it, ["ESP HTTP client perform failed: 28673"])
        }
    }
}
