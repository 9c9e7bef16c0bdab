#include <stdlib.h>

#include "freertos/semphr.h"
#include "kernel.h"

struct semaphore {
    UBaseType_t count;
    UBaseType_t most;
    bool is_mutex;
    TaskHandle_t holder;
    UBaseType_t depth; /* how often its holder has taken a recursive mutex */
};

static SemaphoreHandle_t create(UBaseType_t most, UBaseType_t initial, bool is_mutex)
{
    struct semaphore *semaphore = calloc(1, sizeof(*semaphore));
    if (semaphore) {
        *semaphore = (struct semaphore){.count = initial, .most = most, .is_mutex = is_mutex};
    }
    return semaphore;
}

SemaphoreHandle_t xSemaphoreCreateBinary(void) { return create(1, 0, false); }

SemaphoreHandle_t xSemaphoreCreateCounting(UBaseType_t most, UBaseType_t initial)
{
    return create(most, initial, false);
}

SemaphoreHandle_t xSemaphoreCreateMutex(void) { return create(1, 1, true); }

SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void) { return create(1, 1, true); }

void vSemaphoreDelete(SemaphoreHandle_t semaphore) { free(semaphore); }

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks)
{
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    while (semaphore->count == 0 && kernel_wait(&deadline)) {
    }
    bool is_taken = semaphore->count > 0;
    if (is_taken) {
        semaphore->count -= 1;
        semaphore->holder = semaphore->is_mutex ? xTaskGetCurrentTaskHandle() : NULL;
    }
    kernel_unlock();
    return is_taken;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore)
{
    kernel_lock();
    bool is_mine = !semaphore->is_mutex || semaphore->holder == xTaskGetCurrentTaskHandle();
    bool is_given = is_mine && semaphore->count < semaphore->most;
    if (is_given) {
        semaphore->count += 1;
        semaphore->holder = NULL;
        kernel_changed();
    }
    kernel_unlock();
    return is_given;
}

/* Whether the task that calls holds a mutex already. */
static bool is_held(SemaphoreHandle_t semaphore)
{
    kernel_lock();
    bool is_held = semaphore->count == 0 && semaphore->holder == xTaskGetCurrentTaskHandle();
    kernel_unlock();
    return is_held;
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t semaphore, TickType_t ticks)
{
    if (!is_held(semaphore) && !xSemaphoreTake(semaphore, ticks)) {
        return pdFALSE;
    }
    semaphore->depth += 1;
    return pdTRUE;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t semaphore)
{
    if (!is_held(semaphore)) {
        return pdFALSE;
    }
    semaphore->depth -= 1;
    return semaphore->depth > 0 ? pdTRUE : xSemaphoreGive(semaphore);
}

UBaseType_t uxSemaphoreGetCount(SemaphoreHandle_t semaphore)
{
    kernel_lock();
    UBaseType_t count = semaphore->count;
    kernel_unlock();
    return count;
}
