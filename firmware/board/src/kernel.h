/* What tasks wait on: one lock for all of the scheduler's objects, and one signal that something has
 * changed. A board has a handful of tasks, so nothing finer is needed. Not for apps. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

void kernel_lock(void);
void kernel_unlock(void);

/* Wakes all that wait, to look again. With the lock held. */
void kernel_changed(void);

/* When a wait that begins now ends. */
typedef struct {
    bool is_forever;
    struct timespec at;
} deadline_t;

deadline_t kernel_deadline(TickType_t ticks);
deadline_t kernel_deadline_us(uint64_t microseconds);

/* Waits for a change, with the lock held. false: the time is over. Does not return in a task that was
 * deleted, nor before a suspended one is resumed. */
bool kernel_wait(const deadline_t *deadline);

/* Called, with the lock held, once nothing can ever happen again: each task has ended or waits without
 * a time limit. NULL: nothing is called. */
void kernel_on_idle(void (*idle)(void));

/* A task waits at the end of the console's input: for ever. */
void kernel_wait_at_end_of_input(void) __attribute__((noreturn));

/* What a task has made of its processor so far. */
typedef struct {
    int64_t used;  /* nanoseconds */
    long let_go;   /* how often it has waited; -1: not known */
    int64_t at;    /* when that was so, in nanoseconds of any clock */
} kernel_use_t;

/* What the task watchdog remembers of a task. All of it is 0 before its first look. */
typedef struct {
    kernel_use_t window; /* when the window began */
    kernel_use_t waited; /* when it was first seen to have waited that often */
} kernel_watched_t;

/* The task watchdog looks at each task that runs. With the lock held. */
void kernel_each_task(void (*visit)(const char *name, kernel_use_t now, kernel_watched_t *last));

/* Starts a thread that is no task of the app's. */
void kernel_start_thread(void (*function)(void *), void *argument);
