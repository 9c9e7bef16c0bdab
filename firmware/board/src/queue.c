#include "freertos/queue.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"

struct queue {
    size_t length;
    size_t item_size;
    size_t first;
    size_t count;
    char items[];
};

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_size)
{
    if (length == 0) {
        return NULL;
    }
    struct queue *queue = calloc(1, sizeof(*queue) + (size_t)length * item_size);
    if (queue) {
        queue->length = length;
        queue->item_size = item_size;
    }
    return queue;
}

void vQueueDelete(QueueHandle_t queue) { free(queue); }

static char *slot(struct queue *queue, size_t place)
{
    return queue->items + (queue->first + place) % queue->length * queue->item_size;
}

static BaseType_t send(struct queue *queue, const void *item, TickType_t ticks, bool is_to_front)
{
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    while (queue->count == queue->length && kernel_wait(&deadline)) {
    }
    bool has_room = queue->count < queue->length;
    if (has_room) {
        if (is_to_front) {
            queue->first = (queue->first + queue->length - 1) % queue->length;
        }
        memcpy(slot(queue, is_to_front ? 0 : queue->count), item, queue->item_size);
        queue->count += 1;
        kernel_changed();
    }
    kernel_unlock();
    return has_room ? pdTRUE : errQUEUE_FULL;
}

BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    return send(queue, item, ticks, false);
}

BaseType_t xQueueSendToFront(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    return send(queue, item, ticks, true);
}

BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item)
{
    kernel_lock();
    queue->count = 1;
    memcpy(slot(queue, 0), item, queue->item_size);
    kernel_changed();
    kernel_unlock();
    return pdPASS;
}

static BaseType_t take(struct queue *queue, void *item, TickType_t ticks, bool stays)
{
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    while (queue->count == 0 && kernel_wait(&deadline)) {
    }
    bool has_item = queue->count > 0;
    if (has_item) {
        memcpy(item, slot(queue, 0), queue->item_size);
        if (!stays) {
            queue->first = (queue->first + 1) % queue->length;
            queue->count -= 1;
            kernel_changed();
        }
    }
    kernel_unlock();
    return has_item ? pdTRUE : errQUEUE_EMPTY;
}

BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks)
{
    return take(queue, item, ticks, false);
}

BaseType_t xQueuePeek(QueueHandle_t queue, void *item, TickType_t ticks)
{
    return take(queue, item, ticks, true);
}

BaseType_t xQueueReset(QueueHandle_t queue)
{
    kernel_lock();
    queue->count = 0;
    kernel_changed();
    kernel_unlock();
    return pdPASS;
}

UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue)
{
    kernel_lock();
    size_t count = queue->count;
    kernel_unlock();
    return (UBaseType_t)count;
}

UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue)
{
    return (UBaseType_t)queue->length - uxQueueMessagesWaiting(queue);
}
