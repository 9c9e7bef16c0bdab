/* The gate of a first boot: passes and confirms the app, or rolls back, or does what the directive says. */
#pragma once

/* Runs if the app is PENDING_VERIFY; returns at once if not. */
void self_test_run(void);
