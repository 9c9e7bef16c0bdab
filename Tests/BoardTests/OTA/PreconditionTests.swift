@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What keeps an update from beginning before the server is asked.
    @Suite(.timeLimit(.minutes(1))) struct PreconditionTests {
        private func expectNoBegin(
            _ error: esp_err_t, _ lines: [String], url: String = "http://127.0.0.1:1/",
            prepare: (Bench) -> Void = { _ in },
            change: (inout esp_https_ota_config_t) -> Void = { _ in }
        ) throws {
            let it = try Update.run(from: url, prepare: prepare) { config in
                change(&config)
                var ota: esp_https_ota_handle_t?
                let result = esp_https_ota_begin(&config, &ota)
                #expect(ota == nil)
                return result
            }
            #expect(it.error == error)
            #expect(it.notableLog == lines)
            #expect(it.operations == 0 && it.isOtadataBlank && it.boots == Fixture.factory)
        }

        @Test(.covers("cfg-null-arg")) func nothingIsNoConfiguration() throws {
            try self.expectNoBegin(
                ESP_ERR_INVALID_ARG, ["E esp_https_ota: esp_https_ota_begin: Invalid argument"],
                change: { $0.http_config = nil })
        }

        @Test(.covers("cfg-no-verification")) func withoutATrustedRootNothingBegins() throws {
            var http = esp_http_client_config_t()
            try withUnsafePointer(to: &http) { http in
                try self.expectNoBegin(
                    ESP_ERR_INVALID_ARG,
                    [
                        "E esp_https_ota: No option for server verification is enabled in "
                            + "esp_http_client config."
                    ], change: { $0.http_config = http })
            }
        }

        @Test(.covers("cfg-bad-url")) func whatIsNoURLIsNotAskedFor() throws {
            try self.expectNoBegin(
                ESP_FAIL,
                [
                    "E HTTP_CLIENT: Error parse url no URL",
                    "E esp_https_ota: Failed to initialise HTTP connection",
                ], url: "no URL")
        }

        @Test(.covers("cfg-init-cb-error")) func theAppsOwnCallbackCanRefuse() throws {
            try self.expectNoBegin(
                ESP_ERR_INVALID_STATE, ["E esp_https_ota: http_client_init_cb returned 0x103"],
                change: { $0.http_client_init_cb = { _ in ESP_ERR_INVALID_STATE } })
        }

        @Test(.covers("cfg-no-ota-slot")) func withoutAPassiveSlotThereIsNowhereToWrite() throws {
            var table = PartitionTable.twoOTA
            table.partitions.removeAll { [.ota(0), .ota(1)].contains($0.kind) }
            table.reseal()
            let server = try OddServer([.request] + Step.image())
            try self.expectNoBegin(
                ESP_FAIL, ["E esp_https_ota: Passive OTA partition not found"],
                url: "http://127.0.0.1:\(server.port)/", prepare: { $0.preset(table) })
        }
    }
}
