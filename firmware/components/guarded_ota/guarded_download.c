#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_timer.h"
#include "freertos/task.h"
#include "guarded_run.h"

#define MOST_BACKOFF_MS 60000u

static const char *const tag = "guarded_ota";

/* --- attempts --------------------------------------------------------------------------------- */

typedef enum { ATTEMPT_DONE, ATTEMPT_AGAIN, ATTEMPT_HOPELESS } attempt_t;

/* Attempts, with growing pauses, until one is done or hopeless, or too many in a row bring
 * nothing. */
static esp_err_t attempt(guarded_run_t *run, attempt_t (*once)(guarded_run_t *, esp_err_t *))
{
    uint32_t backoff = run->config.backoff_ms;
    unsigned idle = 0;
    for (;;) {
        esp_err_t error = ESP_OK;
        attempt_t outcome = once(run, &error);
        if (outcome != ATTEMPT_AGAIN) {
            return error;
        }
        size_t kept = guarded_slot_kept(&run->writer);
        if (kept > run->furthest) {
            run->furthest = kept;
            idle = 0;
            backoff = run->config.backoff_ms;
        } else if (++idle >= run->config.max_attempts) {
            ESP_LOGE(tag, "given up after %u attempts in a row", idle);
            return error;
        }
        if (esp_timer_get_time() + (int64_t)backoff * 1000 >= run->deadline) {
            ESP_LOGE(tag, "no time is left for another attempt");
            return guarded_fail(run, run->result.stage, ESP_ERR_TIMEOUT);
        }
        ESP_LOGW(tag, "again in %" PRIu32 " ms", backoff);
        vTaskDelay(pdMS_TO_TICKS(backoff));
        backoff = backoff * 2 < MOST_BACKOFF_MS ? backoff * 2 : MOST_BACKOFF_MS;
    }
}

static esp_err_t ask(guarded_run_t *run, const char *url, size_t from)
{
    guarded_request_t request = {
        .config = &run->config,
        .deadline = run->deadline,
        .url = url,
        .from = from,
        .validator = run->progress.validator,
    };
    esp_err_t error = guarded_http_get(&run->response, &request);
    run->result.http_status = run->response.status;
    run->result.redirects += run->response.redirects;
    run->last_byte = esp_timer_get_time();
    return error;
}

/* As guarded_http_read, but waits as long as it may. -ESP_ERR_TIMEOUT: too long. */
static int read_some(guarded_run_t *run, uint8_t *to, size_t count)
{
    const int64_t patience = (int64_t)run->config.progress_timeout_ms * 1000;
    for (;;) {
        if (guarded_is_late(run) || esp_timer_get_time() - run->last_byte >= patience) {
            return -ESP_ERR_TIMEOUT;
        }
        int got = guarded_http_read(&run->response, to, count);
        if (got != -ESP_ERR_TIMEOUT) {
            run->last_byte = esp_timer_get_time();
            return got;
        }
    }
}

/* --- the image -------------------------------------------------------------------------------- */

/* Whether the rest that the server offers is of the file that was begun. */
static bool is_other_file(const guarded_run_t *run)
{
    const char *validator = guarded_http_validator(&run->response);
    const char *known = run->progress.validator;
    return (run->result.total > 0 && run->response.total != (int64_t)run->result.total) ||
           (known[0] != 0 && validator[0] != 0 && strcmp(validator, known) != 0);
}

/* The answer is there: does it fit, and is it the file that was begun? */
static attempt_t accept_response(guarded_run_t *run, esp_err_t *error)
{
    const guarded_response_t *response = &run->response;
    if (response->total > (int64_t)run->slot->size) {
        ESP_LOGE(tag, "%" PRId64 " bytes do not fit the slot", response->total);
        *error = guarded_fail(run, GUARDED_OTA_HTTP, ESP_ERR_INVALID_SIZE);
        return ATTEMPT_HOPELESS;
    }
    if (run->manifest.size > 0 && response->total > 0 &&
        response->total != (int64_t)run->manifest.size) {
        ESP_LOGE(tag, "%" PRId64 " bytes, and %zu by the manifest", response->total,
                 run->manifest.size);
        *error = guarded_fail(run, GUARDED_OTA_HTTP, ESP_ERR_INVALID_SIZE);
        return ATTEMPT_HOPELESS;
    }
    if (response->start > 0 && is_other_file(run)) {
        ESP_LOGW(tag, "the file was replaced meanwhile; it is fetched from its start");
        guarded_receive_anew(run);
        *error = guarded_fail(run, GUARDED_OTA_HTTP, ESP_ERR_INVALID_RESPONSE);
        return ATTEMPT_AGAIN;
    }
    if (response->start == 0 && run->writer.received > 0) {
        guarded_receive_anew(run);
    }
    run->result.total = response->total > 0 ? (size_t)response->total : run->manifest.size;
    const char *validator = guarded_http_validator(response);
    if (response->start == 0 || validator[0] != 0) {
        strcpy(run->progress.validator, validator);
    }
    return ATTEMPT_DONE;
}

/* The body has ended too soon. If it has ended where its answer said, the next one will too. */
static attempt_t end_early(guarded_run_t *run, bool is_complete, esp_err_t *error)
{
    if (is_complete && guarded_http_has_end(&run->response)) {
        *error = guarded_receive_end(run);
        if (*error == ESP_OK) {
            *error = guarded_fail(run, GUARDED_OTA_DOWNLOAD, ESP_ERR_INVALID_SIZE);
        }
        return ATTEMPT_HOPELESS;
    }
    ESP_LOGE(tag, "the connection ended after %zu of %zu bytes", run->writer.received,
             run->result.total);
    *error = guarded_fail(run, GUARDED_OTA_DOWNLOAD, ESP_ERR_INVALID_SIZE);
    return ATTEMPT_AGAIN;
}

static attempt_t read_body(guarded_run_t *run, esp_err_t *error)
{
    guarded_enter(run, GUARDED_OTA_DOWNLOAD);
    while (!guarded_receive_is_whole(run)) {
        int count = read_some(run, run->buffer, sizeof(run->buffer));
        if (count == -ESP_ERR_TIMEOUT) {
            ESP_LOGE(tag, "no byte in time after %zu", run->writer.received);
            *error = guarded_fail(run, GUARDED_OTA_DOWNLOAD, ESP_ERR_TIMEOUT);
            return ATTEMPT_AGAIN;
        }
        if (count <= 0) {
            return end_early(run, count == 0, error);
        }
        *error = guarded_receive(run, run->buffer, (size_t)count);
        if (*error != ESP_OK) {
            return ATTEMPT_HOPELESS;
        }
    }
    return ATTEMPT_DONE;
}

/* A server that has no such rest may have the whole. */
static attempt_t refused(guarded_run_t *run)
{
    run->result.stage = run->response.is_connected ? GUARDED_OTA_HTTP : GUARDED_OTA_CONNECT;
    if (run->response.has_no_rest) {
        guarded_receive_anew(run);
        return ATTEMPT_AGAIN;
    }
    return run->response.may_recover ? ATTEMPT_AGAIN : ATTEMPT_HOPELESS;
}

static attempt_t fetch_image_once(guarded_run_t *run, esp_err_t *error)
{
    *error = guarded_receive_resume(run);
    if (*error != ESP_OK) {
        return ATTEMPT_HOPELESS;
    }
    if (guarded_receive_is_whole(run)) {
        return ATTEMPT_DONE; /* the power was cut behind the last byte */
    }
    guarded_enter(run, GUARDED_OTA_CONNECT);
    run->result.attempts++;
    *error = ask(run, run->config.url, run->writer.received);
    attempt_t outcome = *error == ESP_OK ? accept_response(run, error) : refused(run);
    if (*error == ESP_OK) {
        outcome = read_body(run, error);
    }
    guarded_http_close(&run->response);
    return outcome;
}

esp_err_t guarded_download(guarded_run_t *run) { return attempt(run, fetch_image_once); }

/* --- the manifest ----------------------------------------------------------------------------- */

static attempt_t read_manifest(guarded_run_t *run, char *text, esp_err_t *error)
{
    size_t count = 0;
    int got = 1;
    while (got > 0 && count < GUARDED_MANIFEST_LIMIT) {
        got = read_some(run, (uint8_t *)text + count, GUARDED_MANIFEST_LIMIT - count);
        count += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        *error = got == -ESP_ERR_TIMEOUT ? ESP_ERR_TIMEOUT : ESP_ERR_INVALID_SIZE;
        return ATTEMPT_AGAIN;
    }
    *error = got == 0 ? guarded_manifest_read(text, count, &run->manifest) : ESP_ERR_INVALID_SIZE;
    return *error == ESP_OK ? ATTEMPT_DONE : ATTEMPT_HOPELESS;
}

static attempt_t fetch_manifest_once(guarded_run_t *run, esp_err_t *error)
{
    char *text = malloc(GUARDED_MANIFEST_LIMIT);
    if (text == NULL) {
        *error = ESP_ERR_NO_MEM;
        return ATTEMPT_HOPELESS;
    }
    *error = ask(run, run->config.manifest_url, 0);
    attempt_t outcome = *error == ESP_OK               ? read_manifest(run, text, error)
                        : run->response.may_recover ? ATTEMPT_AGAIN
                                                    : ATTEMPT_HOPELESS;
    guarded_http_close(&run->response);
    free(text);
    return outcome;
}

esp_err_t guarded_fetch_manifest(guarded_run_t *run)
{
    if (run->config.manifest_url == NULL) {
        return ESP_OK;
    }
    guarded_enter(run, GUARDED_OTA_MANIFEST);
    return attempt(run, fetch_manifest_once);
}
