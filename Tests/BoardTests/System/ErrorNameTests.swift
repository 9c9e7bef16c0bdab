@preconcurrency import Board
import Testing

extension BoardTests {
    @Suite struct ErrorNameTests {
        @Test(
            arguments: [
                (0, "ESP_OK"), (-1, "ESP_FAIL"), (0x102, "ESP_ERR_INVALID_ARG"),
                (0x10A, "ESP_ERR_INVALID_VERSION"), (0x1102, "ESP_ERR_NVS_NOT_FOUND"),
                (0x110D, "ESP_ERR_NVS_NO_FREE_PAGES"), (0x1110, "ESP_ERR_NVS_NEW_VERSION_FOUND"),
                (0x1501, "ESP_ERR_OTA_PARTITION_CONFLICT"),
                (0x1502, "ESP_ERR_OTA_SELECT_INFO_INVALID"),
                (0x1503, "ESP_ERR_OTA_VALIDATE_FAILED"), (0x1504, "ESP_ERR_OTA_SMALL_SEC_VER"),
                (0x1505, "ESP_ERR_OTA_ROLLBACK_FAILED"),
                (0x1506, "ESP_ERR_OTA_ROLLBACK_INVALID_STATE"), (0x2002, "ESP_ERR_IMAGE_INVALID"),
                (0x7001, "ESP_ERR_HTTP_MAX_REDIRECT"), (0x7002, "ESP_ERR_HTTP_CONNECT"),
                (0x7007, "ESP_ERR_HTTP_EAGAIN"), (0x7008, "ESP_ERR_HTTP_CONNECTION_CLOSED"),
                (0x8001, "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME"),
                (0x8006, "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT"),
                (0x8008, "ESP_ERR_ESP_TLS_TCP_CLOSED_FIN"),
                (0x8015, "ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED"),
                (0x801A, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED"),
                (0x9001, "ESP_ERR_HTTPS_OTA_IN_PROGRESS"),
                // esp_https_ota_begin's result at a timeout has no name.
                (-0x7007, "UNKNOWN ERROR"), (0x1507, "UNKNOWN ERROR"),
            ] as [(Int32, String)])
        func eachNumberHasItsName(_ code: Int32, _ name: String) {
            #expect(String(cString: esp_err_to_name(code)) == name)
        }
    }

    @Suite struct LogTests {
        @Test func aTagHasALevelOfItsOwnUntilAllAreSet() {
            defer { esp_log_level_set("*", ESP_LOG_INFO) }
            esp_log_level_set("one", ESP_LOG_ERROR)
            #expect(esp_log_level_get("one") == ESP_LOG_ERROR)
            #expect(esp_log_level_get("two") == ESP_LOG_INFO)
            esp_log_level_set("*", ESP_LOG_DEBUG)
            #expect(esp_log_level_get("one") == ESP_LOG_DEBUG)
        }

        @Test func bytesAreSixteenALine() throws {
            try Bench.with { bench in
                let bytes = [UInt8](0..<18)
                esp_log_buffer_hex_internal("tag", bytes, 18, ESP_LOG_INFO)
                let lines = bench.log.split(separator: "\n").map { $0.drop { $0 != "t" } }
                #expect(
                    lines == [
                        "tag: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f", "tag: 10 11",
                    ])
            }
        }
    }

    @Suite struct PinTests {
        @Test func anInputIsPulledUpOrHeldAndAnOutputReadsAsItWasSet() {
            #expect(gpio_set_direction(GPIO_NUM_12, GPIO_MODE_INPUT) == ESP_OK)
            #expect(gpio_set_pull_mode(GPIO_NUM_12, GPIO_PULLUP_ONLY) == ESP_OK)
            #expect(gpio_get_level(GPIO_NUM_12) == 1)
            #expect(gpio_hold_input(12, false) == ESP_OK)
            #expect(gpio_get_level(GPIO_NUM_12) == 0)
            #expect(gpio_set_direction(GPIO_NUM_13, GPIO_MODE_INPUT_OUTPUT) == ESP_OK)
            #expect(gpio_set_level(GPIO_NUM_13, 1) == ESP_OK)
            #expect(gpio_get_level(GPIO_NUM_13) == 1)
            #expect(gpio_reset_pin(GPIO_NUM_13) == ESP_OK)
            #expect(gpio_get_level(GPIO_NUM_13) == 0)
            #expect(gpio_hold_input(64, true) == ESP_ERR_INVALID_ARG)
        }
    }
}
