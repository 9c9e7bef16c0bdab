#include "guarded_ota.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "guarded_http.h"
#include "guarded_image.h"
#include "guarded_manifest.h"
#include "guarded_policy.h"
#include "guarded_progress.h"
#include "guarded_slot.h"
#include "sdkconfig.h"

#define READ_SIZE 1024
#define SAVE_EVERY (16 * GUARDED_SECTOR)
#define MOST_BACKOFF_MS 60000u

static const char *const tag = "guarded_ota";

/* One update, from its call to its return. */
typedef struct {
    guarded_ota_config_t config;
    guarded_ota_result_t result;
    const esp_partition_t *slot;
    guarded_manifest_t manifest;
    guarded_slot_t writer;
    guarded_image_t image;
    guarded_progress_t progress;
    int64_t deadline;      /* of the whole, in microseconds of esp_timer */
    int64_t last_byte;     /* when the last one came */
    size_t head_count;     /* how much of `head` came */
    bool is_judged;        /* whether header and policy have let it pass */
    uint8_t head[GUARDED_POLICY_BYTES];
    uint8_t buffer[READ_SIZE];
    SemaphoreHandle_t done;
} guarded_run_t;

static esp_err_t fail(guarded_run_t *run, guarded_ota_stage_t stage, esp_err_t error)
{
    run->result.stage = stage;
    return error;
}

static void tell(const guarded_run_t *run, guarded_ota_stage_t stage)
{
    if (run->config.on_progress != NULL) {
        run->config.on_progress(stage, run->writer.received, run->result.total,
                                run->config.context);
    }
}

static bool is_late(const guarded_run_t *run) { return esp_timer_get_time() >= run->deadline; }

static bool is_stalled(const guarded_run_t *run)
{
    return esp_timer_get_time() - run->last_byte >=
           (int64_t)run->config.progress_timeout_ms * 1000;
}

/* --- what comes ------------------------------------------------------------------------------- */

/* Everything from the start: what came so far is worth nothing. */
static esp_err_t begin_anew(guarded_run_t *run)
{
#ifdef CONFIG_SECURE_SIGNED_APPS_NO_SECURE_BOOT
    const bool is_signed = true;
#else
    const bool is_signed = false;
#endif
    guarded_progress_forget();
    memset(&run->progress, 0, sizeof(run->progress));
    guarded_image_begin(&run->image, is_signed);
    run->head_count = 0;
    run->is_judged = false;
    esp_err_t error = guarded_slot_begin(&run->writer, run->slot);
    return error == ESP_OK ? ESP_OK : fail(run, GUARDED_OTA_WRITE, error);
}

/* Puts the first bytes together, and judges them as soon as there are enough. */
static esp_err_t judge(guarded_run_t *run, const uint8_t *bytes, size_t count)
{
    size_t wanted = sizeof(run->head) - run->head_count;
    size_t taken = count < wanted ? count : wanted;
    memcpy(run->head + run->head_count, bytes, taken);
    run->head_count += taken;
    if (run->head_count < sizeof(run->head)) {
        return ESP_OK;
    }
    guarded_ota_stage_t stage;
    esp_err_t error = guarded_policy_judge(run->head, &run->config, &run->manifest,
                                           &run->result.offer, &stage);
    run->is_judged = error == ESP_OK;
    return error == ESP_OK ? ESP_OK : fail(run, stage, error);
}

static void save_progress(guarded_run_t *run)
{
    size_t kept = guarded_slot_kept(&run->writer);
    bool is_first = run->progress.received == 0;
    if (kept < GUARDED_SECTOR || kept - run->progress.received < (is_first ? 1 : SAVE_EVERY) ||
        (run->progress.validator[0] == 0 && !run->manifest.has_sha256)) {
        return;
    }
    run->progress.url = guarded_progress_hash(run->config.url);
    run->progress.slot = run->slot->address;
    run->progress.received = (uint32_t)kept;
    run->progress.total = (uint32_t)run->result.total;
    run->progress.has_sha256 = run->manifest.has_sha256;
    memcpy(run->progress.sha256, run->manifest.sha256, sizeof(run->progress.sha256));
    if (guarded_progress_save(&run->progress, is_first ? run->writer.first : NULL) != ESP_OK) {
        ESP_LOGW(tag, "progress cannot be saved; a reset would begin anew");
    }
}

static esp_err_t take(guarded_run_t *run, const uint8_t *bytes, size_t count)
{
    if (!run->is_judged) {
        esp_err_t error = judge(run, bytes, count);
        if (error != ESP_OK) {
            return error;
        }
    }
    guarded_image_feed(&run->image, bytes, count);
    if (run->image.is_broken) {
        ESP_LOGE(tag, "the image's segments make no sense");
        return fail(run, GUARDED_OTA_HEADER, ESP_ERR_OTA_VALIDATE_FAILED);
    }
    if (run->image.length > run->slot->size) {
        ESP_LOGE(tag, "an image of %zu bytes does not fit the slot", run->image.length);
        return fail(run, GUARDED_OTA_HEADER, ESP_ERR_INVALID_SIZE);
    }
    size_t before = run->writer.received;
    esp_err_t error = guarded_slot_write(&run->writer, bytes, count);
    if (error != ESP_OK) {
        return fail(run, GUARDED_OTA_WRITE, error);
    }
    run->result.received = run->writer.received;
    if (run->is_judged) {
        save_progress(run);
    }
    if (before / (16 * GUARDED_SECTOR) != run->writer.received / (16 * GUARDED_SECTOR)) {
        tell(run, GUARDED_OTA_DOWNLOAD);
    }
    return ESP_OK;
}

/* Whether all came that there is: the file, if its length is known, else the image. */
static bool is_whole(const guarded_run_t *run)
{
    if (run->result.total > 0) {
        return run->writer.received >= run->result.total;
    }
    return guarded_image_is_whole(&run->image);
}

/* --- attempts --------------------------------------------------------------------------------- */

typedef enum { ATTEMPT_WHOLE, ATTEMPT_AGAIN, ATTEMPT_HOPELESS } attempt_t;

/* The answer is there: is it the file that was begun? */
static esp_err_t accept_response(guarded_run_t *run, const guarded_response_t *response)
{
    const char *validator = guarded_http_validator(response);
    if (response->total > (int64_t)run->slot->size) {
        ESP_LOGE(tag, "%" PRId64 " bytes do not fit the slot", response->total);
        return fail(run, GUARDED_OTA_HTTP, ESP_ERR_INVALID_SIZE);
    }
    if (run->manifest.size > 0 && response->total > 0 &&
        response->total != (int64_t)run->manifest.size) {
        ESP_LOGE(tag, "%" PRId64 " bytes, and %zu by the manifest", response->total,
                 run->manifest.size);
        return fail(run, GUARDED_OTA_HTTP, ESP_ERR_INVALID_SIZE);
    }
    bool is_other = response->start > 0 &&
                    ((run->result.total > 0 && response->total != (int64_t)run->result.total) ||
                     (run->progress.validator[0] != 0 && validator[0] != 0 &&
                      strcmp(validator, run->progress.validator) != 0));
    if (is_other) {
        ESP_LOGW(tag, "the file was replaced meanwhile; it is fetched from its start");
    }
    if (is_other || (response->start == 0 && run->writer.received > 0)) {
        esp_err_t error = begin_anew(run);
        if (error != ESP_OK || is_other) {
            return error == ESP_OK ? ESP_ERR_NOT_FINISHED : error;
        }
    }
    run->result.total = (size_t)response->total;
    if (response->start > 0) {
        /* The middle of an image does not tell where it ends; the file's length does. */
        run->image.length = run->result.total;
        run->image.seen = (size_t)response->start;
    }
    strcpy(run->progress.validator, validator);
    return ESP_OK;
}

static attempt_t read_body(guarded_run_t *run, guarded_response_t *response, esp_err_t *error)
{
    run->last_byte = esp_timer_get_time();
    while (!is_whole(run)) {
        if (is_late(run) || is_stalled(run)) {
            *error = fail(run, GUARDED_OTA_DOWNLOAD, ESP_ERR_TIMEOUT);
            ESP_LOGE(tag, "no byte in time after %zu", run->writer.received);
            return ATTEMPT_AGAIN;
        }
        int count = guarded_http_read(response, run->buffer, sizeof(run->buffer));
        if (count == -ESP_ERR_TIMEOUT) {
            continue;
        }
        if (count <= 0) {
            *error = fail(run, GUARDED_OTA_DOWNLOAD, ESP_ERR_INVALID_SIZE);
            ESP_LOGE(tag, "the connection ended after %zu of %zu bytes", run->writer.received,
                     run->result.total);
            return ATTEMPT_AGAIN;
        }
        run->last_byte = esp_timer_get_time();
        *error = take(run, run->buffer, (size_t)count);
        if (*error != ESP_OK) {
            return ATTEMPT_HOPELESS;
        }
    }
    return ATTEMPT_WHOLE;
}

/* A server that has no such rest serves the whole. */
static attempt_t after_refusal(guarded_run_t *run, const guarded_response_t *response,
                               esp_err_t *error)
{
    if (run->writer.received > 0 &&
        (response->status == 416 || response->status == 206 || response->status == 412)) {
        esp_err_t anew = begin_anew(run);
        if (anew != ESP_OK) {
            *error = anew;
            return ATTEMPT_HOPELESS;
        }
        return ATTEMPT_AGAIN;
    }
    return guarded_http_may_recover(response->status) && *error != ESP_ERR_HTTP_MAX_REDIRECT &&
                   *error != ESP_ERR_INVALID_ARG
               ? ATTEMPT_AGAIN
               : ATTEMPT_HOPELESS;
}

static attempt_t attempt(guarded_run_t *run, esp_err_t *error)
{
    guarded_response_t response;
    /* Without a validator or a digest nothing would tell that the rest is another file's. A sector that
     * has begun is not in the flash: it comes again. */
    bool can_resume = run->progress.validator[0] != 0 || run->manifest.has_sha256;
    size_t from = can_resume && run->is_judged ? guarded_slot_kept(&run->writer) : 0;
    if (from < run->writer.received) {
        *error = from == 0 ? begin_anew(run) : guarded_slot_resume(&run->writer, run->slot, from);
        if (*error != ESP_OK) {
            return ATTEMPT_HOPELESS;
        }
    }
    run->result.attempts++;
    tell(run, GUARDED_OTA_CONNECT);
    *error = guarded_http_get(&response, &run->config, run->config.url, from,
                              run->progress.validator);
    run->result.http_status = response.status;
    run->result.redirects += response.redirects;
    attempt_t outcome;
    if (*error != ESP_OK) {
        run->result.stage = response.status == 0 && *error != ESP_ERR_TIMEOUT
                                ? GUARDED_OTA_CONNECT
                                : GUARDED_OTA_HTTP;
        outcome = after_refusal(run, &response, error);
    } else {
        *error = accept_response(run, &response);
        outcome = *error == ESP_OK ? read_body(run, &response, error)
                  : *error == ESP_ERR_NOT_FINISHED ? ATTEMPT_AGAIN
                                                   : ATTEMPT_HOPELESS;
    }
    guarded_http_close(&response);
    return outcome;
}

static esp_err_t download(guarded_run_t *run)
{
    uint32_t backoff = run->config.backoff_ms;
    unsigned idle = 0; /* attempts in a row that brought nothing */
    for (;;) {
        esp_err_t error = ESP_OK;
        size_t before = guarded_slot_kept(&run->writer);
        attempt_t outcome = attempt(run, &error);
        if (outcome == ATTEMPT_WHOLE) {
            return ESP_OK;
        }
        if (outcome == ATTEMPT_HOPELESS) {
            return error;
        }
        bool has_progressed = guarded_slot_kept(&run->writer) > before;
        idle = has_progressed ? 0 : idle + 1;
        backoff = has_progressed ? run->config.backoff_ms : backoff;
        if (idle >= run->config.max_attempts) {
            ESP_LOGE(tag, "given up after %u attempts", run->result.attempts);
            return error;
        }
        if (esp_timer_get_time() + (int64_t)backoff * 1000 >= run->deadline) {
            return fail(run, run->result.stage, ESP_ERR_TIMEOUT);
        }
        ESP_LOGW(tag, "again in %" PRIu32 " ms", backoff);
        vTaskDelay(pdMS_TO_TICKS(backoff));
        backoff = backoff * 2 < MOST_BACKOFF_MS ? backoff * 2 : MOST_BACKOFF_MS;
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static esp_err_t fetch_manifest(guarded_run_t *run)
{
    char text[GUARDED_MANIFEST_LIMIT];
    size_t count = 0;
    guarded_response_t response;
    if (run->config.manifest_url == NULL) {
        return ESP_OK;
    }
    tell(run, GUARDED_OTA_MANIFEST);
    run->last_byte = esp_timer_get_time();
    esp_err_t error = guarded_http_get(&response, &run->config, run->config.manifest_url, 0, "");
    run->result.http_status = response.status;
    while (error == ESP_OK && count < sizeof(text)) {
        int got = guarded_http_read(&response, (uint8_t *)text + count, sizeof(text) - count);
        if (got == 0) {
            break;
        }
        if (got == -ESP_ERR_TIMEOUT && !is_stalled(run) && !is_late(run)) {
            continue;
        }
        if (got < 0) {
            error = ESP_ERR_INVALID_RESPONSE;
            break;
        }
        count += (size_t)got;
        run->last_byte = esp_timer_get_time();
    }
    guarded_http_close(&response);
    if (error == ESP_OK) {
        error = count < sizeof(text) ? guarded_manifest_read(text, count, &run->manifest)
                                     : ESP_ERR_INVALID_SIZE;
    }
    return error == ESP_OK ? ESP_OK : fail(run, GUARDED_OTA_MANIFEST, error);
}

/* Goes on where a reset has left off, if that was this file and this slot. */
static esp_err_t resume_or_begin(guarded_run_t *run)
{
    guarded_progress_t saved;
    uint8_t *first = run->writer.first;
    if (guarded_progress_load(&saved, first) != ESP_OK ||
        saved.url != guarded_progress_hash(run->config.url) ||
        saved.slot != run->slot->address || saved.has_sha256 != run->manifest.has_sha256 ||
        memcmp(saved.sha256, run->manifest.sha256, sizeof(saved.sha256)) != 0) {
        return begin_anew(run);
    }
    if (guarded_slot_resume(&run->writer, run->slot, saved.received) != ESP_OK ||
        judge(run, first, GUARDED_SECTOR) != ESP_OK) {
        run->result.stage = GUARDED_OTA_IDLE;
        return begin_anew(run);
    }
    run->progress = saved;
    run->result.total = saved.total;
    run->result.resumed_from = saved.received;
    run->result.received = saved.received;
    ESP_LOGI(tag, "going on at byte %" PRIu32, saved.received);
    return ESP_OK;
}

static esp_err_t verify(guarded_run_t *run)
{
    uint8_t digest[32];
    tell(run, GUARDED_OTA_VERIFY);
    esp_err_t error = guarded_slot_flush(&run->writer);
    if (error != ESP_OK) {
        return fail(run, GUARDED_OTA_WRITE, error);
    }
    if (!run->is_judged) {
        ESP_LOGE(tag, "%zu bytes are no app image", run->writer.received);
        return fail(run, GUARDED_OTA_HEADER, ESP_ERR_OTA_VALIDATE_FAILED);
    }
    if (!run->manifest.has_sha256) {
        return ESP_OK;
    }
    error = guarded_slot_sha256(&run->writer, run->writer.received, digest);
    if (error == ESP_OK && memcmp(digest, run->manifest.sha256, sizeof(digest)) != 0) {
        ESP_LOGE(tag, "the SHA-256 is not the manifest's");
        error = ESP_ERR_OTA_VALIDATE_FAILED;
    }
    return error == ESP_OK ? ESP_OK : fail(run, GUARDED_OTA_VERIFY, error);
}

static esp_err_t install(guarded_run_t *run)
{
    guarded_expectation_t expectation = {.slot = run->slot->address};
    esp_err_t error = guarded_slot_commit(&run->writer);
    if (error != ESP_OK) {
        return fail(run, GUARDED_OTA_WRITE, error);
    }
    tell(run, GUARDED_OTA_SET_BOOT);
    error = esp_partition_get_sha256(run->slot, expectation.sha256);
    if (error == ESP_OK) {
        guarded_expect(&expectation);
        error = esp_ota_set_boot_partition(run->slot);
    }
    if (error != ESP_OK) {
        guarded_expect_nothing();
        guarded_slot_discard(&run->writer);
        return fail(run, GUARDED_OTA_VERIFY, error);
    }
    return ESP_OK;
}

static esp_err_t update(guarded_run_t *run)
{
    run->result.stage = GUARDED_OTA_PRECONDITION;
    esp_err_t error = guarded_policy_may_begin();
    if (error != ESP_OK) {
        return error;
    }
    run->slot = esp_ota_get_next_update_partition(NULL);
    if (run->slot == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    error = fetch_manifest(run);
    if (error == ESP_OK) {
        error = resume_or_begin(run);
    }
    if (error == ESP_OK) {
        error = download(run);
    }
    if (error == ESP_OK) {
        error = verify(run);
    }
    if (error == ESP_OK) {
        error = install(run);
    }
    bool keeps_progress = run->result.stage == GUARDED_OTA_CONNECT ||
                          run->result.stage == GUARDED_OTA_HTTP ||
                          run->result.stage == GUARDED_OTA_DOWNLOAD;
    if (error == ESP_OK || !keeps_progress) {
        guarded_progress_forget();
    }
    if (error == ESP_OK) {
        run->result.stage = GUARDED_OTA_DONE;
    }
    return error;
}

static void work(void *argument)
{
    guarded_run_t *run = argument;
    run->result.error = update(run);
    xSemaphoreGive(run->done);
    vTaskDelete(NULL);
}

static void set_defaults(guarded_ota_config_t *config)
{
    struct {
        uint32_t *place;
        uint32_t standard;
    } numbers[] = {
        {&config->overall_timeout_ms, 15 * 60 * 1000}, {&config->progress_timeout_ms, 30 * 1000},
        {&config->receive_timeout_ms, 5 * 1000},       {&config->backoff_ms, 1000},
    };
    for (size_t at = 0; at < sizeof(numbers) / sizeof(numbers[0]); at++) {
        if (*numbers[at].place == 0) {
            *numbers[at].place = numbers[at].standard;
        }
    }
    config->max_redirects = config->max_redirects == 0 ? 5 : config->max_redirects;
    config->max_attempts = config->max_attempts == 0 ? 6 : config->max_attempts;
}

/* ESP-IDF's client has no deadline for a handshake or a header that drips. Only a reset ends that. */
static void wait_for(guarded_run_t *run)
{
    uint32_t grace = run->config.receive_timeout_ms * 2;
    TickType_t most = pdMS_TO_TICKS(run->config.overall_timeout_ms + grace);
    if (xSemaphoreTake(run->done, most) != pdTRUE) {
        ESP_LOGE(tag, "the client does not come back; the deadline is kept by a reset");
        esp_restart();
    }
}

esp_err_t guarded_ota_update(const guarded_ota_config_t *config, guarded_ota_result_t *result)
{
    if (config == NULL || config->url == NULL ||
        (config->cert_pem == NULL && config->crt_bundle_attach == NULL && !config->allow_http)) {
        return ESP_ERR_INVALID_ARG;
    }
    guarded_run_t *run = calloc(1, sizeof(*run));
    if (run == NULL) {
        return ESP_ERR_NO_MEM;
    }
    run->config = *config;
    set_defaults(&run->config);
    run->deadline = esp_timer_get_time() + (int64_t)run->config.overall_timeout_ms * 1000;
    run->done = xSemaphoreCreateBinary();
    if (run->done == NULL ||
        xTaskCreate(work, "guarded_ota", 8192, run, uxTaskPriorityGet(NULL), NULL) != pdPASS) {
        run->result.error = ESP_ERR_NO_MEM;
    } else {
        wait_for(run);
    }
    esp_err_t error = run->result.error;
    if (result != NULL) {
        *result = run->result;
    }
    if (run->done != NULL) {
        vSemaphoreDelete(run->done);
    }
    free(run);
    return error;
}

guarded_ota_proof_t guarded_ota_prove(bool forget)
{
    guarded_expectation_t expectation;
    uint8_t digest[32];
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (guarded_expected(&expectation) != ESP_OK) {
        return GUARDED_OTA_NOTHING_EXPECTED;
    }
    bool is_new = running != NULL && running->address == expectation.slot &&
                  esp_partition_get_sha256(running, digest) == ESP_OK &&
                  memcmp(digest, expectation.sha256, sizeof(digest)) == 0;
    if (forget) {
        guarded_expect_nothing();
    }
    return is_new ? GUARDED_OTA_NEW_RUNS : GUARDED_OTA_ROLLED_BACK;
}

void guarded_ota_forget_progress(void) { guarded_progress_forget(); }

const char *guarded_ota_stage_name(guarded_ota_stage_t stage)
{
    static const char *const names[] = {
        "idle",   "precondition", "manifest", "connect", "http",     "download",
        "header", "policy",       "write",    "verify",  "set-boot", "done",
    };
    return (size_t)stage < sizeof(names) / sizeof(names[0]) ? names[stage] : "unknown";
}
