/* The task watchdog: the idle task of a processor did not run, because one task never let go of it. */
#include <stdio.h>
#include <time.h>

#include "board/system.h"
#include "esp_log.h"
#include "kernel.h"

#define WINDOW_NS ((int64_t)CONFIG_ESP_TASK_WDT_TIMEOUT_S * 1000000000)

static const char TAG[] = "task_wdt";

static void look_at(const char *name, int64_t used, int64_t *last)
{
    /* A little less than all of the window: the computer has other things to do. */
    bool is_hog = used - *last > WINDOW_NS / 10 * 9;
    *last = used;
    if (!is_hog) {
        return;
    }
    ESP_LOGE(TAG, "Task watchdog got triggered. "
                  "The following tasks/users did not reset the watchdog in time:");
    ESP_LOGE(TAG, " - IDLE0 (CPU 0)");
    ESP_LOGE(TAG, "Tasks currently running:");
    ESP_LOGE(TAG, "CPU 0: %s", name);
}

static void watch(void *unused)
{
    (void)unused;
    for (;;) {
        struct timespec window = {.tv_sec = CONFIG_ESP_TASK_WDT_TIMEOUT_S};
        nanosleep(&window, NULL);
        kernel_lock();
        kernel_each_task(look_at);
        kernel_unlock();
    }
}

void task_watchdog_start(void) { kernel_start_thread(watch, NULL); }
