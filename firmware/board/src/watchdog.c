/* The task watchdog: the idle task of a processor did not run, because one task never let go of it. */
#include <stdio.h>
#include <time.h>

#include "board/system.h"
#include "esp_log.h"
#include "kernel.h"

#define WINDOW_NS ((int64_t)CONFIG_ESP_TASK_WDT_TIMEOUT_S * 1000000000)

static const char TAG[] = "task_wdt";

/* A task that took nearly all of the window, or that never waited: on a busy computer even one that
 * never lets go gets only a share. */
static void look_at(const char *name, kernel_use_t now, kernel_use_t *last)
{
    int64_t used = now.used - last->used;
    bool has_waited = now.let_go < 0 || now.let_go != last->let_go;
    bool is_hog = used > WINDOW_NS / 10 * 9 || (!has_waited && used > WINDOW_NS / 20);
    *last = now;
    if (!is_hog) {
        return;
    }
    ESP_LOGE(TAG, "Task watchdog got triggered. "
                  "The following tasks/users did not reset the watchdog in time:");
    ESP_LOGE(TAG, " - IDLE0 (CPU 0)");
    ESP_LOGE(TAG, "Tasks currently running:");
    ESP_LOGE(TAG, "CPU 0: %s", name);
    if (board.task_watchdog_panics) {
        ESP_LOGE(TAG, "Aborting.");
        board_reset(BOARD_RESET_TASK_WATCHDOG);
    }
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
