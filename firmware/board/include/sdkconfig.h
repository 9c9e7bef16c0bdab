/* What `idf.py menuconfig` sets, as far as OTA apps look at it: ESP-IDF's defaults, the values of its OTA
 * examples, and for what is chosen on the board's command line a call instead of a number. An app's own
 * build can set others: the Makefile's CONFIG=, which comes behind these. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* What --timeout-ms says; 5000 by default. */
int board_receive_timeout(void);
/* What --kconfig says of a number, or a yes or no, that is named without CONFIG_; else the
 * other one. */
int board_kconfig(const char *name, int otherwise);

#ifdef __cplusplus
}
#endif

#define CONFIG_IDF_TARGET "esp32"
#define CONFIG_IDF_TARGET_ESP32 1
#define CONFIG_IDF_FIRMWARE_CHIP_ID 0x0000
#define CONFIG_IDF_INIT_VERSION "5.3.2"
#define CONFIG_ESPTOOLPY_FLASHSIZE "4MB"

/* The board can do both; whether it does is chosen on its command line, so apps have the code for it. An app
 * with an sdkconfig of its own says there what it wants. */
#ifndef BOARD_HAS_SDKCONFIG
#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1
#define CONFIG_APP_ROLLBACK_ENABLE 1
#define CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK 1
#endif
#define CONFIG_BOOTLOADER_OFFSET_IN_FLASH 0x1000
#define CONFIG_BOOTLOADER_WDT_ENABLE 1
#define CONFIG_BOOTLOADER_WDT_TIME_MS 9000
#define CONFIG_PARTITION_TABLE_OFFSET 0x8000
#define CONFIG_PARTITION_TABLE_TWO_OTA 1
#define CONFIG_PARTITION_TABLE_MD5 1

#define CONFIG_FREERTOS_HZ 100
#define CONFIG_FREERTOS_NUMBER_OF_CORES 2
#define CONFIG_ESP_MAIN_TASK_STACK_SIZE 3584
#define CONFIG_ESP_TASK_WDT_EN 1
#define CONFIG_ESP_TASK_WDT_INIT 1
#define CONFIG_ESP_TASK_WDT_TIMEOUT_S 5
#define CONFIG_ESP_SYSTEM_EVENT_QUEUE_SIZE 32
#define CONFIG_ESP_CONSOLE_UART_NUM 0
#define CONFIG_MMU_PAGE_SIZE 0x10000
#define CONFIG_LOG_DEFAULT_LEVEL 3
#define CONFIG_LOG_MAXIMUM_LEVEL 5

#define CONFIG_ESP_HTTP_CLIENT_ENABLE_HTTPS 1
#define CONFIG_ESP_TLS_USING_MBEDTLS 1
#define CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN 4096
#define CONFIG_MBEDTLS_CERTIFICATE_BUNDLE 1
#define CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_MAX_CERTS 200

/* The OTA examples: the URL is a line on the console, and the network is there by itself. The native one has
 * a name of its own for it. */
#define CONFIG_EXAMPLE_CONNECT_ETHERNET 1
#define CONFIG_EXAMPLE_CONNECT_IPV4 1
#ifndef CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL
#define CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL "FROM_STDIN"
#define CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL_FROM_STDIN 1
#endif
#ifndef CONFIG_EXAMPLE_FIRMWARE_UPG_URL
#define CONFIG_EXAMPLE_FIRMWARE_UPG_URL CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL
#endif
#ifndef CONFIG_EXAMPLE_OTA_RECV_TIMEOUT
#define CONFIG_EXAMPLE_OTA_RECV_TIMEOUT board_receive_timeout()
#endif
#ifndef CONFIG_EXAMPLE_GPIO_DIAGNOSTIC
#define CONFIG_EXAMPLE_GPIO_DIAGNOSTIC 4
#endif
#ifndef CONFIG_EXAMPLE_HTTP_REQUEST_SIZE
#define CONFIG_EXAMPLE_HTTP_REQUEST_SIZE 16384
#endif

/* The app of this project, as its Kconfig.projbuild has it by default but for the timeout. */
#ifndef CONFIG_APP_OTA_URL
#define CONFIG_APP_OTA_URL ""
#endif
#ifndef CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS
#define CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS board_receive_timeout()
#endif
#ifndef CONFIG_APP_SELF_TEST_GPIO
#define CONFIG_APP_SELF_TEST_GPIO 4
#endif
#define CONFIG_APP_OTA_METHOD_ADVANCED 1
#ifndef CONFIG_APP_OTA_MANIFEST_URL
#define CONFIG_APP_OTA_MANIFEST_URL ""
#endif
#ifndef CONFIG_APP_OTA_OVERALL_TIMEOUT_MS
#define CONFIG_APP_OTA_OVERALL_TIMEOUT_MS board_kconfig("APP_OTA_OVERALL_TIMEOUT_MS", 600000)
#endif
#ifndef CONFIG_APP_OTA_MAX_ATTEMPTS
#define CONFIG_APP_OTA_MAX_ATTEMPTS board_kconfig("APP_OTA_MAX_ATTEMPTS", 6)
#endif
#ifndef CONFIG_APP_OTA_ALLOW_OTHER_PROJECT
#define CONFIG_APP_OTA_ALLOW_OTHER_PROJECT board_kconfig("APP_OTA_ALLOW_OTHER_PROJECT", 0)
#endif
#ifndef CONFIG_APP_OTA_CERT_BUNDLE
#define CONFIG_APP_OTA_CERT_BUNDLE board_kconfig("APP_OTA_CERT_BUNDLE", 0)
#endif
#ifndef CONFIG_APP_OTA_PARTIAL_DOWNLOAD
#define CONFIG_APP_OTA_PARTIAL_DOWNLOAD board_kconfig("APP_OTA_PARTIAL_DOWNLOAD", 0)
#endif
#ifndef CONFIG_APP_OTA_PARTIAL_REQUEST_SIZE
#define CONFIG_APP_OTA_PARTIAL_REQUEST_SIZE board_kconfig("APP_OTA_PARTIAL_REQUEST_SIZE", 16384)
#endif
#ifndef CONFIG_APP_OTA_REFUSE_OLDER_VERSION
#define CONFIG_APP_OTA_REFUSE_OLDER_VERSION board_kconfig("APP_OTA_REFUSE_OLDER_VERSION", 0)
#endif
