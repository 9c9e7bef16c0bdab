#include "guarded_history.h"

#include <string.h>

#include "esp_ota_ops.h"
#include "guarded_store.h"

#define VERSIONS 4

esp_err_t guarded_expect(const guarded_expectation_t *expectation)
{
    return guarded_store_save("expected", expectation, sizeof(*expectation));
}

esp_err_t guarded_expected(guarded_expectation_t *expectation)
{
    return guarded_store_load("expected", expectation, sizeof(*expectation));
}

void guarded_expect_nothing(void) { guarded_store_forget("expected"); }

typedef struct {
    char version[32];
    uint32_t losses; /* 0: there is no such */
} lost_t;

/* The newest first. */
typedef struct {
    lost_t versions[VERSIONS];
} history_t;

static void load(history_t *history)
{
    if (guarded_store_load("lost", history, sizeof(*history)) != ESP_OK) {
        memset(history, 0, sizeof(*history));
    }
}

static uint32_t losses_of(const history_t *history, const char *version)
{
    for (size_t at = 0; at < VERSIONS; at++) {
        const lost_t *lost = &history->versions[at];
        if (lost->losses > 0 && strncmp(lost->version, version, sizeof(lost->version) - 1) == 0) {
            return lost->losses;
        }
    }
    return 0;
}

/* Puts a version in front, with so many losses, and drops the oldest or what was known of it. */
static void put(history_t *history, const char *version, uint32_t losses)
{
    history_t new = {0};
    size_t count = 0;
    if (losses > 0) {
        strncpy(new.versions[0].version, version, sizeof(new.versions[0].version) - 1);
        new.versions[0].losses = losses;
        count = 1;
    }
    for (size_t at = 0; at < VERSIONS && count < VERSIONS; at++) {
        const lost_t *lost = &history->versions[at];
        if (lost->losses > 0 && strncmp(lost->version, version, sizeof(lost->version) - 1) != 0) {
            new.versions[count++] = *lost;
        }
    }
    *history = new;
    guarded_store_save("lost", history, sizeof(*history));
}

void guarded_history_count(const char version[32], guarded_loss_t loss)
{
    history_t history;
    load(&history);
    put(&history, version, losses_of(&history, version) + loss);
}

void guarded_history_clear(const char version[32])
{
    history_t history;
    load(&history);
    if (losses_of(&history, version) > 0) {
        put(&history, version, 0);
    }
}

void guarded_history_look_at_slots(void)
{
    history_t history;
    esp_app_desc_t app;
    esp_ota_img_states_t state;
    const esp_partition_t *slot = esp_ota_get_last_invalid_partition();
    if (slot == NULL || esp_ota_get_partition_description(slot, &app) != ESP_OK ||
        esp_ota_get_state_partition(slot, &state) != ESP_OK) {
        return;
    }
    load(&history);
    uint32_t losses = losses_of(&history, app.version);
    /* INVALID: it said so itself. ABORTED: a reset, of which guarded_ota_prove may know more. */
    if (losses == 0 || (state == ESP_OTA_IMG_INVALID && losses < GUARDED_LOST_BY_ITSELF)) {
        put(&history, app.version, GUARDED_LOST_BY_ITSELF);
    }
}

void guarded_history_forget(void) { guarded_store_forget("lost"); }

bool guarded_history_refuses(const char version[32])
{
    history_t history;
    load(&history);
    return losses_of(&history, version) >= GUARDED_LOST_BY_ITSELF;
}
