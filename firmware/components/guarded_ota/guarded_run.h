/* One update, from its call to its return, and its parts in turn. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_partition.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "guarded_http.h"
#include "guarded_image.h"
#include "guarded_manifest.h"
#include "guarded_ota.h"
#include "guarded_policy.h"
#include "guarded_progress.h"
#include "guarded_slot.h"

#define GUARDED_READ_SIZE 1024

typedef struct {
    guarded_ota_config_t config; /* with its defaults */
    guarded_ota_result_t result;
    int64_t deadline; /* of the whole, in microseconds of esp_timer */
    const esp_partition_t *slot;
    guarded_manifest_t manifest;
    guarded_response_t response;
    int64_t last_byte; /* when the last one came */
    guarded_slot_t writer;
    guarded_image_t image;
    guarded_progress_t progress; /* as it was saved last */
    size_t furthest;             /* how much of an image was ever kept */
    size_t head_count;           /* how much of `head` came */
    bool is_judged;              /* header and policy have let it pass */
    uint8_t head[GUARDED_POLICY_BYTES];
    uint8_t buffer[GUARDED_READ_SIZE];
    atomic_bool is_settled; /* whichever comes first: all has come, or the wait for it is over */
    SemaphoreHandle_t done;
} guarded_run_t;

/* Notes where it failed. */
esp_err_t guarded_fail(guarded_run_t *run, guarded_ota_stage_t stage, esp_err_t error);
/* Notes where it is, and tells the app. */
void guarded_enter(guarded_run_t *run, guarded_ota_stage_t stage);
bool guarded_is_late(const guarded_run_t *run);

/* --- guarded_receive.c: what has come of an image --- */

/* Everything from the start: what came so far is worth nothing. */
void guarded_receive_anew(guarded_run_t *run);
/* Goes on where a reset left off, if that was this file and this slot; else begins. */
void guarded_receive_begin(guarded_run_t *run);
/* Goes back to the last whole sector. */
esp_err_t guarded_receive_resume(guarded_run_t *run);
/* The next bytes. */
esp_err_t guarded_receive(guarded_run_t *run, const uint8_t *bytes, size_t count);
/* Whether all came that there is: the file, if its length is known, else the image. */
bool guarded_receive_is_whole(const guarded_run_t *run);
/* Nothing more comes. ESP_ERR_OTA_VALIDATE_FAILED: this is no whole image, or not the
 * manifest's. */
esp_err_t guarded_receive_end(guarded_run_t *run);

/* --- guarded_download.c: where it comes from --- */

esp_err_t guarded_fetch_manifest(guarded_run_t *run);
esp_err_t guarded_download(guarded_run_t *run);
