#include "freertos/event_groups.h"

#include <stdlib.h>

#include "kernel.h"

struct event_group {
    EventBits_t bits;
};

EventGroupHandle_t xEventGroupCreate(void) { return calloc(1, sizeof(struct event_group)); }

void vEventGroupDelete(EventGroupHandle_t group) { free(group); }

EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits)
{
    kernel_lock();
    group->bits |= bits;
    EventBits_t now = group->bits;
    kernel_changed();
    kernel_unlock();
    return now;
}

EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits)
{
    kernel_lock();
    EventBits_t before = group->bits;
    group->bits &= ~bits;
    kernel_unlock();
    return before;
}

EventBits_t xEventGroupGetBits(EventGroupHandle_t group) { return xEventGroupClearBits(group, 0); }

EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits, BaseType_t clears,
                                BaseType_t waits_for_all, TickType_t ticks)
{
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    bool is_met;
    do {
        EventBits_t set = group->bits & bits;
        is_met = waits_for_all ? set == bits : set != 0;
    } while (!is_met && kernel_wait(&deadline));
    EventBits_t found = group->bits;
    if (is_met && clears) {
        group->bits &= ~bits;
    }
    kernel_unlock();
    return found;
}
