/* Random numbers from the hardware. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint32_t esp_random(void);
void esp_fill_random(void *to, size_t count);

#ifdef __cplusplus
}
#endif
