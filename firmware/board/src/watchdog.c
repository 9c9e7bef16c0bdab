/* The task watchdog: the idle task of a processor did not run, because one task never let go of it. */
#include <stdio.h>
#include <time.h>

#include "board/system.h"
#include "esp_log.h"
#include "kernel.h"

#define WINDOW_NS ((int64_t)CONFIG_ESP_TASK_WDT_TIMEOUT_S * 1000000000)

static const char TAG[] = "task_wdt";

/* In a window, so that a stretch that begins between two looks is seen soon after its end. */
#define LOOKS 50
_Static_assert(WINDOW_NS / LOOKS < 1000000000, "a pause between looks is less than a second");

static bool lasts_a_window(kernel_use_t then, kernel_use_t now, int64_t least)
{
    return now.at - then.at >= WINDOW_NS && now.used - then.used > least;
}

/* A task that took nearly all of a window, or that has not waited for one: on a busy computer even one
 * that never lets go gets only a share. */
static void look_at(const char *name, kernel_use_t now, kernel_watched_t *last)
{
    if (last->waited.at == 0) {
        last->waited = last->window = now;
    }
    if (now.let_go < 0 || now.let_go != last->waited.let_go) {
        last->waited = now;
    }
    bool is_hog = lasts_a_window(last->window, now, WINDOW_NS / 10 * 9) ||
                  lasts_a_window(last->waited, now, WINDOW_NS / 20);
    if (is_hog || now.at - last->window.at >= WINDOW_NS) {
        last->window = now;
    }
    if (!is_hog) {
        return;
    }
    last->waited = now;
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
        struct timespec pause = {.tv_nsec = WINDOW_NS / LOOKS};
        nanosleep(&pause, NULL);
        kernel_lock();
        kernel_each_task(look_at);
        kernel_unlock();
    }
}

void task_watchdog_start(void) { kernel_start_thread(watch, NULL); }
