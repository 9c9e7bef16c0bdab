/* A task, for the scheduler's own files. */
#pragma once

#include <pthread.h>

#include "freertos/task.h"
#include "kernel.h"

struct task {
    struct task *next;
    char name[configMAX_TASK_NAME_LEN];
    TaskFunction_t function;
    void *argument;
    UBaseType_t priority;
    pthread_t thread;
    clockid_t clock;
    bool has_clock;
    pid_t number; /* of its thread, as the system has it */
    bool is_deleted;
    bool is_suspended;
    bool is_notified;
    uint32_t notification;
    kernel_watched_t watched; /* what the watchdog saw last */
};

/* The one that runs on this thread; NULL: the thread is no task's. */
extern _Thread_local struct task *task_current;
