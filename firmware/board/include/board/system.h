/* What the program that runs a board sets from outside: why the chip came out of reset, and what is
 * connected to it. Not for apps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "board/board.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What esp_reset_reason says. */
void system_set_reset_reason(board_reset_t reason);

/* Holds an input pin at a level, whatever its resistors say. ESP_ERR_INVALID_ARG: no such pin. */
esp_err_t gpio_hold_input(int pin, bool is_high);

#define CA_CERT_LIMIT ((size_t)65536)

/* The text of the file that ESP-IDF's build embeds as `_binary_ca_cert_pem_start`; the board's ca_pem
 * too. ESP_ERR_INVALID_SIZE: it is not shorter than CA_CERT_LIMIT. */
esp_err_t ca_cert_set(const char *pem, size_t size);

/* Watches from now on that no task keeps the processor for CONFIG_ESP_TASK_WDT_TIMEOUT_S: it says so on
 * the console, and resets the chip only if the board's task watchdog panics. */
void task_watchdog_start(void);

/* Called, with no way back into the board, once nothing can ever happen again: each task has ended, or
 * waits without a time limit. NULL: nothing is called. */
void system_on_idle(void (*idle)(void));

/* For a task that reads at the end of the console's input: a chip's console has none, so it waits. */
void system_wait_at_end_of_input(void) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
