/* Resets. The handlers and the reason are the process's own, as a chip has one of each. */
#include "esp_system.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/system.h"
#include "esp_rom_sys.h"
#include "kernel.h"

#define SHUTDOWN_HANDLERS 5

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static shutdown_handler_t handlers[SHUTDOWN_HANDLERS];
static int handler_count;
static board_reset_t reset_reason = BOARD_RESET_POWER_ON;

void system_set_reset_reason(board_reset_t reason) { reset_reason = reason; }

void system_on_idle(void (*idle)(void)) { kernel_on_idle(idle); }

void system_wait_at_end_of_input(void) { kernel_wait_at_end_of_input(); }

int board_receive_timeout(void) { return board.timeout_ms; }

int board_kconfig(const char *name, int otherwise)
{
    for (size_t i = 0; i < board.kconfig_count; i++) {
        size_t length = strcspn(board.kconfig[i].text, "=");
        if (strlen(name) == length && memcmp(name, board.kconfig[i].text, length) == 0) {
            return board.kconfig[i].number;
        }
    }
    return otherwise;
}

void esp_restart(void)
{
    for (int i = handler_count - 1; i >= 0; i--) {
        handlers[i]();
    }
    board_reset(BOARD_RESET_SOFTWARE);
}

esp_reset_reason_t esp_reset_reason(void) { return (esp_reset_reason_t)reset_reason; }

static int place_of(shutdown_handler_t handler)
{
    for (int i = 0; i < handler_count; i++) {
        if (handlers[i] == handler) {
            return i;
        }
    }
    return -1;
}

esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler)
{
    esp_err_t error = ESP_OK;
    pthread_mutex_lock(&lock);
    if (place_of(handler) >= 0) {
        error = ESP_ERR_INVALID_STATE;
    } else if (handler_count == SHUTDOWN_HANDLERS) {
        error = ESP_ERR_NO_MEM;
    } else {
        handlers[handler_count++] = handler;
    }
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t esp_unregister_shutdown_handler(shutdown_handler_t handler)
{
    pthread_mutex_lock(&lock);
    int place = place_of(handler);
    for (int i = place; place >= 0 && i < handler_count - 1; i++) {
        handlers[i] = handlers[i + 1];
    }
    handler_count -= place >= 0;
    pthread_mutex_unlock(&lock);
    return place >= 0 ? ESP_OK : ESP_ERR_INVALID_STATE;
}

void esp_system_abort(const char *why)
{
    printf("\n%s\n", why);
    fflush(stdout);
    abort();
}

void esp_rom_delay_us(uint32_t microseconds)
{
    uint64_t end = board_uptime_us() + microseconds;
    while (board_uptime_us() < end) {
    }
}

int esp_rom_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = vprintf(format, arguments);
    va_end(arguments);
    return count;
}

const char *esp_get_idf_version(void) { return "v5.3.2"; }
