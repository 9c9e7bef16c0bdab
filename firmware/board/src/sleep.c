#include "esp_sleep.h"

#include <errno.h>
#include <time.h>

#include "board/system.h"
#include "esp_system.h"

static uint64_t wakeup_us; /* 0: never; one chip, one timer */

esp_err_t esp_sleep_enable_timer_wakeup(uint64_t time_us)
{
    wakeup_us = time_us;
    return ESP_OK;
}

void esp_deep_sleep_start(void)
{
    if (wakeup_us == 0) {
        system_wait_at_end_of_input();
    }
    struct timespec left = {.tv_sec = (time_t)(wakeup_us / 1000000),
                            .tv_nsec = (long)(wakeup_us % 1000000) * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    board_reset(BOARD_RESET_DEEP_SLEEP);
}

void esp_deep_sleep(uint64_t time_us)
{
    esp_sleep_enable_timer_wakeup(time_us);
    esp_deep_sleep_start();
}

esp_sleep_wakeup_cause_t esp_sleep_get_wakeup_cause(void)
{
    return esp_reset_reason() == ESP_RST_DEEPSLEEP ? ESP_SLEEP_WAKEUP_TIMER
                                                   : ESP_SLEEP_WAKEUP_UNDEFINED;
}
