/* Defects that a board can have on purpose, so that tests can be seen to find them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    DEFECT_TAKES_ANYTHING,
    DEFECT_SKIPS_VERIFICATION,
    DEFECT_IGNORES_CHECKSUM,
    DEFECT_IGNORES_DIGEST,
    DEFECT_IGNORES_SIGNATURE,
    DEFECT_IGNORES_CHIP,
    DEFECT_LOADS_ANYWHERE,
    DEFECT_IGNORES_SECURE_VERSION,
    DEFECT_ACCEPTS_ANY_CERTIFICATE,
    DEFECT_IGNORES_NAME,
    DEFECT_IGNORES_DATES,
    DEFECT_IGNORES_STATUS,
    DEFECT_IGNORES_CONTENT_RANGE,
    DEFECT_TRUSTS_TRUNCATION,
    DEFECT_HAS_NO_DEADLINE,
    DEFECT_IS_IMPATIENT,
    DEFECT_PANICS_ON_ERRORS,
    DEFECT_PANICS_ON_REFUSALS,
    DEFECT_BOOTS_WHAT_IT_WRITES,
    DEFECT_CONFIRMS_AT_ONCE,
    DEFECT_NEVER_CONFIRMS,
    DEFECT_NEVER_ROLLS_BACK,
    DEFECT_NEVER_FALLS_BACK,
    DEFECT_TRUSTS_TORN_OTADATA,
    DEFECT_FORGETS_HISTORY,
    DEFECT_NEVER_UPDATES,
    DEFECT_COUNT
} defect_t;

typedef struct {
    const char *name;
    const char *methods; /* those of this project's app with which it takes effect, as a+b */
    const char *summary;
} defect_about_t;

/* Of each defect. */
extern const defect_about_t defects[DEFECT_COUNT];

/* Gives the board the defect of that name; false if there is none. */
bool defect_plant(const char *name);
bool has_defect(defect_t defect);
/* Something of an update has gone wrong: a board that panics on errors does so. */
void defect_meets_error(void);
/* esp_https_ota gives an update up: a board that panics on refusals does so. */
void defect_meets_refusal(void);
