/* What the board is for one run of the program: set from the command line before the first boot, and
 * never changed. One board a process, as on a chip. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "esp_err.h"

/* A value of Kconfig that is not the build's: NAME=NUMBER, without CONFIG_. */
typedef struct {
    const char *text; /* the name is what is before the equals sign */
    int number;
} kconfig_t;

#define KCONFIG_LIMIT 16

typedef struct {
    uint16_t chip_id;              /* esp_chip_id_t */
    uint16_t chip_revision;        /* major * 100 + minor */
    uint16_t efuse_block_revision; /* major * 100 + minor */
    uint32_t flash_size;           /* bytes, a multiple of 4096 */
    bool rollback;                 /* CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE */
    bool anti_rollback;            /* CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK */
    bool signed_updates;           /* CONFIG_SECURE_SIGNED_ON_UPDATE_NO_SECURE_BOOT */
    bool task_watchdog_panics;     /* CONFIG_ESP_TASK_WDT_PANIC */
    bool have_time;                /* CONFIG_MBEDTLS_HAVE_TIME_DATE and a clock that is set */
    time_t time;                   /* the clock at the start of the run, if it is set */
    int timeout_ms;                /* what apps take as their receive timeout; 5000 */
    size_t tls_in_length;          /* CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN; 16384 */
    bool basic_auth;               /* CONFIG_ESP_HTTP_CLIENT_ENABLE_BASIC_AUTH */
    const char *ca_pem;            /* PEM text with its zero byte: server_certs/ca_cert.pem */
    size_t ca_pem_size;            /* with the zero byte */
    const char *ca_bundle_pem;     /* roots of the certificate bundle, or NULL: none */
    kconfig_t kconfig[KCONFIG_LIMIT];
    size_t kconfig_count;
} board_config_t;

extern board_config_t board;

/* Sets all of `board` to what a bare ESP32 has, with ESP-IDF's defaults or the app's sdkconfig. */
void board_set_defaults(void);

/* Why the chip came out of reset last (esp_reset_reason_t's values). */
typedef enum {
    BOARD_RESET_POWER_ON = 1,
    BOARD_RESET_SOFTWARE = 3,
    BOARD_RESET_PANIC = 4,
    BOARD_RESET_INT_WATCHDOG = 5,
    BOARD_RESET_TASK_WATCHDOG = 6,
    BOARD_RESET_WATCHDOG = 7, /* the RTC watchdog, among others */
    BOARD_RESET_DEEP_SLEEP = 8,
} board_reset_t;

/* Resets the chip: everything but flash and eFuse is gone. Calls the function that the program has set
 * with board_on_reset, which does not return. */
void board_reset(board_reset_t reason) __attribute__((noreturn));
void board_on_reset(void (*reset)(board_reset_t reason));

/* The power is cut: calls the function that was set, which does not return. */
void board_power_off(void) __attribute__((noreturn));
void board_on_power_off(void (*power_off)(void));

/* Milliseconds since this boot, by the monotonic clock. */
uint32_t board_uptime_ms(void);
uint64_t board_uptime_us(void);
/* A boot begins: uptime counts from now. */
void board_start_clock(void);
