/* Timers: one task calls them all, one after another, as on the chip. */
#include "esp_timer.h"

#include <stdlib.h>
#include <time.h>

#include "board/board.h"
#include "kernel.h"

struct esp_timer {
    struct esp_timer *next; /* of those that run */
    esp_timer_cb_t callback;
    void *argument;
    bool is_running;
    int64_t at;     /* microseconds since the boot */
    int64_t period; /* 0: once */
};

static struct esp_timer *running;
static bool has_task;

int64_t esp_timer_get_time(void) { return (int64_t)board_uptime_us(); }

static struct esp_timer *next_due(void)
{
    struct esp_timer *due = running;
    for (struct esp_timer *timer = running; timer; timer = timer->next) {
        if (timer->at < due->at) {
            due = timer;
        }
    }
    return due;
}

static void take_out(struct esp_timer *timer)
{
    for (struct esp_timer **link = &running; *link; link = &(*link)->next) {
        if (*link == timer) {
            *link = timer->next;
            break;
        }
    }
    timer->is_running = false;
}

static void run_timers(void *unused)
{
    (void)unused;
    const deadline_t never = {.is_forever = true};
    kernel_lock();
    for (;;) {
        struct esp_timer *timer = next_due();
        int64_t left = timer ? timer->at - esp_timer_get_time() : 0;
        if (!timer) {
            kernel_wait(&never);
        } else if (left > 0) {
            deadline_t deadline = kernel_deadline_us((uint64_t)left);
            kernel_wait(&deadline);
        } else {
            if (timer->period > 0) {
                timer->at += timer->period;
            } else {
                take_out(timer);
            }
            esp_timer_cb_t callback = timer->callback;
            void *argument = timer->argument;
            kernel_unlock();
            callback(argument);
            kernel_lock();
        }
    }
}

esp_err_t esp_timer_create(const esp_timer_create_args_t *arguments, esp_timer_handle_t *timer)
{
    if (!arguments || !arguments->callback || !timer) {
        return ESP_ERR_INVALID_ARG;
    }
    struct esp_timer *made = calloc(1, sizeof(*made));
    if (!made) {
        return ESP_ERR_NO_MEM;
    }
    made->callback = arguments->callback;
    made->argument = arguments->arg;
    *timer = made;
    return ESP_OK;
}

static esp_err_t start(esp_timer_handle_t timer, uint64_t timeout, uint64_t period)
{
    if (!timer) {
        return ESP_ERR_INVALID_ARG;
    }
    kernel_lock();
    bool starts_task = !has_task;
    has_task = true;
    esp_err_t error = timer->is_running ? ESP_ERR_INVALID_STATE : ESP_OK;
    if (error == ESP_OK) {
        timer->at = esp_timer_get_time() + (int64_t)timeout;
        timer->period = (int64_t)period;
        timer->is_running = true;
        timer->next = running;
        running = timer;
        kernel_changed();
    }
    kernel_unlock();
    if (starts_task && xTaskCreate(run_timers, "esp_timer", 0, NULL, 22, NULL) != pdPASS) {
        return ESP_ERR_NO_MEM;
    }
    return error;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us)
{
    return start(timer, timeout_us, 0);
}

esp_err_t esp_timer_start_periodic(esp_timer_handle_t timer, uint64_t period_us)
{
    return period_us == 0 ? ESP_ERR_INVALID_ARG : start(timer, period_us, period_us);
}

esp_err_t esp_timer_stop(esp_timer_handle_t timer)
{
    if (!timer) {
        return ESP_ERR_INVALID_ARG;
    }
    kernel_lock();
    bool was_running = timer->is_running;
    if (was_running) {
        take_out(timer);
        kernel_changed();
    }
    kernel_unlock();
    return was_running ? ESP_OK : ESP_ERR_INVALID_STATE;
}

esp_err_t esp_timer_delete(esp_timer_handle_t timer)
{
    if (!timer) {
        return ESP_ERR_INVALID_ARG;
    }
    if (esp_timer_is_active(timer)) {
        return ESP_ERR_INVALID_STATE;
    }
    free(timer);
    return ESP_OK;
}

bool esp_timer_is_active(esp_timer_handle_t timer)
{
    kernel_lock();
    bool is_running = timer && timer->is_running;
    kernel_unlock();
    return is_running;
}
