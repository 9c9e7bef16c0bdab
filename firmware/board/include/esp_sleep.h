/* Deep sleep: nothing runs, and the board boots again afterwards. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { ESP_SLEEP_WAKEUP_UNDEFINED = 0, ESP_SLEEP_WAKEUP_TIMER = 4 } esp_sleep_source_t;
typedef esp_sleep_source_t esp_sleep_wakeup_cause_t;

esp_err_t esp_sleep_enable_timer_wakeup(uint64_t time_us);
/* With no timer set the board sleeps for ever. */
void esp_deep_sleep_start(void) __attribute__((noreturn));
void esp_deep_sleep(uint64_t time_us) __attribute__((noreturn));
esp_sleep_wakeup_cause_t esp_sleep_get_wakeup_cause(void);

#ifdef __cplusplus
}
#endif
