/* The default event loop: one a process, as the real one. */
#include "esp_event.h"

#include <stdlib.h>
#include <string.h>

#include "freertos/queue.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

typedef struct {
    esp_event_base_t base;
    int32_t id;
    void *data;
} event_t;

struct event_handler {
    struct event_handler *next;
    esp_event_base_t base;
    int32_t id;
    esp_event_handler_t function;
    void *argument;
    bool is_gone; /* unregistered; freed by the loop's task, which may be about to call it */
};

static struct {
    QueueHandle_t queue;
    SemaphoreHandle_t lock;
    TaskHandle_t task;
    struct event_handler *handlers;
} loop;

static bool is_for(const struct event_handler *handler, const event_t *event)
{
    return !handler->is_gone && (!handler->base || handler->base == event->base) &&
           (handler->id == ESP_EVENT_ANY_ID || handler->id == event->id);
}

static void free_handlers(bool all)
{
    struct event_handler **link = &loop.handlers;
    while (*link) {
        struct event_handler *handler = *link;
        if (all || handler->is_gone) {
            *link = handler->next;
            free(handler);
        } else {
            link = &handler->next;
        }
    }
}

/* The base of an event that ends the loop; its data is a semaphore to give then. */
static esp_event_base_t const end_of_loop = "END";

static void run_loop(void *unused)
{
    (void)unused;
    event_t event;
    while (xQueueReceive(loop.queue, &event, portMAX_DELAY)) {
        if (event.base == end_of_loop) {
            xSemaphoreGive(event.data);
            return;
        }
        xSemaphoreTakeRecursive(loop.lock, portMAX_DELAY);
        for (struct event_handler *handler = loop.handlers; handler; handler = handler->next) {
            if (is_for(handler, &event)) {
                handler->function(handler->argument, event.base, event.id, event.data);
            }
        }
        free_handlers(false);
        xSemaphoreGiveRecursive(loop.lock);
        free(event.data);
    }
}

esp_err_t esp_event_loop_create_default(void)
{
    if (loop.queue) {
        return ESP_ERR_INVALID_STATE;
    }
    loop.queue = xQueueCreate(CONFIG_ESP_SYSTEM_EVENT_QUEUE_SIZE, sizeof(event_t));
    loop.lock = xSemaphoreCreateRecursiveMutex();
    if (!loop.queue || !loop.lock ||
        xTaskCreate(run_loop, "sys_evt", 0, NULL, 20, &loop.task) != pdPASS) {
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

esp_err_t esp_event_loop_delete_default(void)
{
    if (!loop.queue) {
        return ESP_ERR_INVALID_STATE;
    }
    event_t end = {.base = end_of_loop, .data = xSemaphoreCreateBinary()};
    if (!end.data) {
        return ESP_ERR_NO_MEM;
    }
    xQueueSend(loop.queue, &end, portMAX_DELAY);
    xSemaphoreTake(end.data, portMAX_DELAY);
    vSemaphoreDelete(end.data);
    free_handlers(true);
    vSemaphoreDelete(loop.lock);
    vQueueDelete(loop.queue);
    memset(&loop, 0, sizeof(loop));
    return ESP_OK;
}

/* Of those that are registered, the one for just this; NULL: none. */
static struct event_handler *find(esp_event_base_t base, int32_t id, esp_event_handler_t function)
{
    struct event_handler *handler = loop.handlers;
    while (handler && (handler->is_gone || handler->base != base || handler->id != id ||
                       handler->function != function)) {
        handler = handler->next;
    }
    return handler;
}

static esp_err_t add(esp_event_base_t base, int32_t id, esp_event_handler_t function,
                     void *argument, esp_event_handler_instance_t *instance)
{
    struct event_handler *handler = calloc(1, sizeof(*handler));
    if (!handler) {
        return ESP_ERR_NO_MEM;
    }
    *handler = (struct event_handler){
        .base = base, .id = id, .function = function, .argument = argument};
    struct event_handler **link = &loop.handlers;
    while (*link) {
        link = &(*link)->next;
    }
    *link = handler;
    if (instance) {
        *instance = handler;
    }
    return ESP_OK;
}

static esp_err_t check(esp_event_base_t base, int32_t id, const void *wanted)
{
    if (!loop.queue) {
        return ESP_ERR_INVALID_STATE;
    }
    bool is_odd = base == ESP_EVENT_ANY_BASE && id != ESP_EVENT_ANY_ID;
    return !wanted || is_odd ? ESP_ERR_INVALID_ARG : ESP_OK;
}

esp_err_t esp_event_handler_register(esp_event_base_t base, int32_t id,
                                     esp_event_handler_t function, void *argument)
{
    esp_err_t error = check(base, id, (const void *)function);
    if (error != ESP_OK) {
        return error;
    }
    xSemaphoreTakeRecursive(loop.lock, portMAX_DELAY);
    struct event_handler *handler = find(base, id, function);
    if (handler) {
        handler->argument = argument;
    } else {
        error = add(base, id, function, argument, NULL);
    }
    xSemaphoreGiveRecursive(loop.lock);
    return error;
}

esp_err_t esp_event_handler_unregister(esp_event_base_t base, int32_t id,
                                       esp_event_handler_t function)
{
    esp_err_t error = check(base, id, (const void *)function);
    if (error != ESP_OK) {
        return error;
    }
    xSemaphoreTakeRecursive(loop.lock, portMAX_DELAY);
    struct event_handler *handler = find(base, id, function);
    if (handler) {
        handler->is_gone = true;
    }
    xSemaphoreGiveRecursive(loop.lock);
    return ESP_OK;
}

esp_err_t esp_event_handler_instance_register(esp_event_base_t base, int32_t id,
                                              esp_event_handler_t function, void *argument,
                                              esp_event_handler_instance_t *instance)
{
    esp_err_t error = check(base, id, (const void *)function);
    if (error != ESP_OK) {
        return error;
    }
    xSemaphoreTakeRecursive(loop.lock, portMAX_DELAY);
    error = add(base, id, function, argument, instance);
    xSemaphoreGiveRecursive(loop.lock);
    return error;
}

esp_err_t esp_event_handler_instance_unregister(esp_event_base_t base, int32_t id,
                                                esp_event_handler_instance_t instance)
{
    esp_err_t error = check(base, id, instance);
    if (error != ESP_OK) {
        return error;
    }
    xSemaphoreTakeRecursive(loop.lock, portMAX_DELAY);
    for (struct event_handler *handler = loop.handlers; handler; handler = handler->next) {
        if (handler == instance) {
            handler->is_gone = true;
        }
    }
    xSemaphoreGiveRecursive(loop.lock);
    return ESP_OK;
}

esp_err_t esp_event_post(esp_event_base_t base, int32_t id, const void *data, size_t size,
                         TickType_t ticks)
{
    if (!loop.queue) {
        return ESP_ERR_INVALID_STATE;
    }
    if (base == ESP_EVENT_ANY_BASE || id == ESP_EVENT_ANY_ID) {
        return ESP_ERR_INVALID_ARG;
    }
    event_t event = {.base = base, .id = id};
    if (data && size > 0) {
        event.data = malloc(size);
        if (!event.data) {
            return ESP_ERR_NO_MEM;
        }
        memcpy(event.data, data, size);
    }
    if (!xQueueSend(loop.queue, &event, ticks)) {
        free(event.data);
        return ESP_ERR_TIMEOUT;
    }
    return ESP_OK;
}
