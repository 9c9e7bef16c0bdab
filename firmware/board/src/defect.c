#include "board/defect.h"

#include <string.h>

#include "board/board.h"
#include "esp_log.h"

const defect_about_t defects[DEFECT_COUNT] = {
    [DEFECT_TAKES_ANYTHING] = {"takes-anything", "native+advanced",
                               "writes and chooses whatever it is sent, an image or not"},
    [DEFECT_SKIPS_VERIFICATION] = {"skips-verification", "guarded",
                                   "looks at neither checksum, digest nor signature of an image"},
    [DEFECT_IGNORES_CHECKSUM] = {"ignores-checksum", "guarded",
                                 "does not look at an image's checksum"},
    [DEFECT_IGNORES_DIGEST] = {"ignores-digest", "guarded", "does not look at an image's SHA-256"},
    [DEFECT_IGNORES_SIGNATURE] = {"ignores-signature", "guarded",
                                  "takes any signature, and none, for a right one"},
    [DEFECT_IGNORES_CHIP] = {"ignores-chip", "advanced",
                             "takes images for other chips and revisions"},
    [DEFECT_LOADS_ANYWHERE] = {"loads-anywhere", "guarded",
                               "does not look where a segment is to be loaded"},
    [DEFECT_IGNORES_SECURE_VERSION] = {"ignores-secure-version", "guarded",
                                       "takes apps whose secure version is below the burnt one"},
    [DEFECT_ACCEPTS_ANY_CERTIFICATE] = {"accepts-any-certificate", "guarded",
                                        "takes any certificate, whoever has signed it"},
    [DEFECT_IGNORES_NAME] = {"ignores-name", "guarded", "does not look at a certificate's names"},
    [DEFECT_IGNORES_DATES] = {"ignores-dates", "guarded", "does not look at a certificate's dates"},
    [DEFECT_IGNORES_STATUS] = {"ignores-status", "guarded", "takes each response for 200 OK"},
    [DEFECT_IGNORES_CONTENT_RANGE] = {"ignores-content-range", "guarded",
                                      "takes the bytes of a response for those that it asked for"},
    [DEFECT_TRUSTS_TRUNCATION] = {"trusts-truncation", "advanced",
                                  "takes a body that was cut off for a whole one"},
    [DEFECT_HAS_NO_DEADLINE] = {"has-no-deadline", "guarded", "waits for a silent server for ever"},
    [DEFECT_IS_IMPATIENT] = {"is-impatient", "guarded", "gives up after 50 ms of silence"},
    [DEFECT_PANICS_ON_ERRORS] = {"panics-on-errors", "guarded",
                                 "crashes where a connection or a response goes wrong"},
    [DEFECT_PANICS_ON_REFUSALS] = {"panics-on-refusals", "advanced",
                                   "crashes where esp_https_ota gives an update up"},
    [DEFECT_BOOTS_WHAT_IT_WRITES] = {"boots-what-it-writes", "native",
                                     "chooses a slot before it has written it"},
    [DEFECT_CONFIRMS_AT_ONCE] = {"confirms-at-once", "guarded",
                                 "confirms a new app before its self-test"},
    [DEFECT_NEVER_CONFIRMS] = {"never-confirms", "advanced",
                               "gives a new app up where it should confirm it"},
    [DEFECT_NEVER_ROLLS_BACK] = {"never-rolls-back", "native+guarded",
                                 "boots an unconfirmed app again and again"},
    [DEFECT_NEVER_FALLS_BACK] = {"never-falls-back", "guarded",
                                 "tries no other slot where the chosen one does not boot"},
    [DEFECT_TRUSTS_TORN_OTADATA] = {"trusts-torn-otadata", "guarded",
                                    "does not look at the checksum of an entry of otadata"},
    [DEFECT_FORGETS_HISTORY] = {"forgets-history", "guarded",
                                "installs a version again that was rolled back"},
    [DEFECT_NEVER_UPDATES] = {"never-updates", "guarded", "never chooses a new slot"},
};

static bool planted[DEFECT_COUNT];

bool defect_plant(const char *name)
{
    for (int i = 0; i < DEFECT_COUNT; i++) {
        if (strcmp(defects[i].name, name) == 0) {
            planted[i] = true;
            return true;
        }
    }
    return false;
}

bool has_defect(defect_t defect) { return planted[defect]; }

static void panic_with(defect_t defect)
{
    if (has_defect(defect)) {
        esp_log_write(ESP_LOG_ERROR, "defect", "\nabort() was called at PC 0x00000000 on core 0\n");
        board_reset(BOARD_RESET_PANIC);
    }
}

void defect_meets_error(void) { panic_with(DEFECT_PANICS_ON_ERRORS); }

void defect_meets_refusal(void) { panic_with(DEFECT_PANICS_ON_REFUSALS); }
