#include "kernel.h"
#include "task_state.h"

BaseType_t xTaskNotify(TaskHandle_t task, uint32_t value, eNotifyAction action)
{
    BaseType_t result = pdPASS;
    kernel_lock();
    switch (action) {
    case eNoAction:
        break;
    case eSetBits:
        task->notification |= value;
        break;
    case eIncrement:
        task->notification += 1;
        break;
    case eSetValueWithoutOverwrite:
        if (task->is_notified) {
            result = pdFAIL;
            break;
        }
        task->notification = value;
        break;
    case eSetValueWithOverwrite:
        task->notification = value;
        break;
    }
    task->is_notified = true;
    kernel_changed();
    kernel_unlock();
    return result;
}

BaseType_t xTaskNotifyGive(TaskHandle_t task) { return xTaskNotify(task, 0, eIncrement); }

BaseType_t xTaskNotifyWait(uint32_t clear_on_entry, uint32_t clear_on_exit, uint32_t *value,
                           TickType_t ticks)
{
    struct task *task = task_current;
    if (!task) {
        return pdFALSE;
    }
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    if (!task->is_notified) {
        task->notification &= ~clear_on_entry;
    }
    while (!task->is_notified && kernel_wait(&deadline)) {
    }
    bool is_notified = task->is_notified;
    if (value) {
        *value = task->notification;
    }
    if (is_notified) {
        task->notification &= ~clear_on_exit;
        task->is_notified = false;
    }
    kernel_unlock();
    return is_notified;
}

uint32_t ulTaskNotifyTake(BaseType_t clear_on_exit, TickType_t ticks)
{
    struct task *task = task_current;
    if (!task) {
        return 0;
    }
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    while (task->notification == 0 && kernel_wait(&deadline)) {
    }
    uint32_t value = task->notification;
    if (value) {
        task->notification = clear_on_exit ? 0 : value - 1;
    }
    task->is_notified = false;
    kernel_unlock();
    return value;
}
