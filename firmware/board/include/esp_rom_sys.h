/* What the chip's ROM can do. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Waits without letting go of the processor. */
void esp_rom_delay_us(uint32_t microseconds);
/* To the console, past log levels. */
int esp_rom_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif
