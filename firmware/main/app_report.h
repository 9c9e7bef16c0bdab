/* One line for machines beside ESP-IDF's own log: `OTA-REPORT {"event": ...}`, a JSON object. */
#pragma once

#include "methods.h"

/* What boots: project, version, secure version, slot, SHA-256, otadata state. */
void report_boot(void);
/* How an update ended. */
void report_update(const char *method, const update_t *update);
/* What the self-test came to: "pass", "fail", "no-confirm". */
void report_self_test(const char *outcome);
/* What runs after a guarded update: "new-runs" or "old-runs". */
void report_proof(const char *outcome);

/* The otadata state of the running slot in a word: "NEW", "PENDING_VERIFY", ... or "UNDEFINED". */
const char *report_state(void);
