#include "board/board.h"

#include <stdlib.h>
#include <string.h>

board_config_t board;

static void (*reset_function)(board_reset_t reason);
static void (*power_off_function)(void);
static struct timespec boot_time;

void board_set_defaults(void)
{
    memset(&board, 0, sizeof(board));
    board.chip_id = CONFIG_IDF_FIRMWARE_CHIP_ID;
    board.chip_revision = 300;
    board.flash_size = 4u << 20;
    board.timeout_ms = 5000;
    board.tls_in_length = CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN;
#ifdef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
    board.rollback = true;
#endif
#if defined(BOARD_HAS_SDKCONFIG) && defined(CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK)
    board.anti_rollback = true;
#endif
#ifdef CONFIG_SECURE_SIGNED_ON_UPDATE_NO_SECURE_BOOT
    board.signed_updates = true;
#endif
#ifdef CONFIG_ESP_TASK_WDT_PANIC
    board.task_watchdog_panics = true;
#endif
}

void board_on_reset(void (*reset)(board_reset_t reason)) { reset_function = reset; }

void board_on_power_off(void (*power_off)(void)) { power_off_function = power_off; }

void board_reset(board_reset_t reason)
{
    if (reset_function) {
        reset_function(reason);
    }
    abort();
}

void board_power_off(void)
{
    if (power_off_function) {
        power_off_function();
    }
    abort();
}

void board_start_clock(void) { clock_gettime(CLOCK_MONOTONIC, &boot_time); }

uint64_t board_uptime_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t seconds = now.tv_sec - boot_time.tv_sec;
    int64_t nanoseconds = now.tv_nsec - boot_time.tv_nsec;
    return (uint64_t)(seconds * 1000000 + nanoseconds / 1000);
}

uint32_t board_uptime_ms(void) { return (uint32_t)(board_uptime_us() / 1000); }
