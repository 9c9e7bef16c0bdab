/* What became of updates, kept over resets: the one whose first boot is to come, and versions that
 * did not last. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

typedef struct {
    uint32_t slot;      /* its address */
    uint8_t sha256[32]; /* as esp_partition_get_sha256 gives it */
    char version[32];
} guarded_expectation_t;

esp_err_t guarded_expect(const guarded_expectation_t *expectation);
/* ESP_ERR_NOT_FOUND: nothing is expected. */
esp_err_t guarded_expected(guarded_expectation_t *expectation);
void guarded_expect_nothing(void);

/* Why a version did not last. */
typedef enum {
    GUARDED_LOST_POWER = 1,  /* perhaps not its fault: it may be tried again, twice */
    GUARDED_LOST_BY_ITSELF = 3,
} guarded_loss_t;

/* Counts a loss of a version; the last four versions with any are remembered. */
void guarded_history_count(const char version[32], guarded_loss_t loss);
void guarded_history_clear(const char version[32]);
/* Takes over what otadata knows of an update that was rolled back, also one by other means. To be
 * called before its slot is written to, as nothing is known of it afterwards. */
void guarded_history_look_at_slots(void);
/* Forgets every version. */
void guarded_history_forget(void);

bool guarded_history_refuses(const char version[32]);
