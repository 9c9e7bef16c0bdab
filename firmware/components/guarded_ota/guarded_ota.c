#include "guarded_ota.h"

#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "freertos/task.h"
#include "guarded_history.h"
#include "guarded_run.h"

/* A TLS handshake, the verification of an image and NVS all run on it. */
#define STACK_SIZE 10240

static const char *const tag = "guarded_ota";
static atomic_flag is_busy = ATOMIC_FLAG_INIT;

esp_err_t guarded_fail(guarded_run_t *run, guarded_ota_stage_t stage, esp_err_t error)
{
    run->result.stage = stage;
    return error;
}

void guarded_enter(guarded_run_t *run, guarded_ota_stage_t stage)
{
    run->result.stage = stage;
    if (run->config.on_progress != NULL) {
        run->config.on_progress(stage, run->writer.received, run->result.total,
                                run->config.context);
    }
}

bool guarded_is_late(const guarded_run_t *run) { return esp_timer_get_time() >= run->deadline; }

/* --- the steps -------------------------------------------------------------------------------- */

/* Slots and states: may an update begin? */
static esp_err_t prepare(guarded_run_t *run)
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
    if (run->slot == esp_ota_get_running_partition()) {
        ESP_LOGE(tag, "the only slot is the one that runs");
        return ESP_ERR_OTA_PARTITION_CONFLICT;
    }
    guarded_history_look_at_slots();
    return ESP_OK;
}

static esp_err_t choose_slot(guarded_run_t *run)
{
    guarded_expectation_t expectation = {.slot = run->slot->address};
    memcpy(expectation.version, run->result.offer.version, sizeof(expectation.version));
    guarded_enter(run, GUARDED_OTA_SET_BOOT);
    /* Of what is no whole image there is none, and the next step says why. */
    if (esp_partition_get_sha256(run->slot, expectation.sha256) == ESP_OK &&
        guarded_expect(&expectation) != ESP_OK) {
        ESP_LOGW(tag, "what is to run cannot be noted; there will be no proof of it");
    }
    return esp_ota_set_boot_partition(run->slot);
}

static esp_err_t install(guarded_run_t *run)
{
    guarded_enter(run, GUARDED_OTA_VERIFY);
    esp_err_t error = guarded_receive_end(run);
    if (error != ESP_OK) {
        return error;
    }
    error = guarded_slot_commit(&run->writer);
    if (error != ESP_OK) {
        return guarded_fail(run, GUARDED_OTA_WRITE, error);
    }
    error = choose_slot(run);
    if (error != ESP_OK) {
        guarded_expect_nothing();
        guarded_slot_discard(&run->writer);
        return guarded_fail(run, error == ESP_ERR_OTA_VALIDATE_FAILED ? GUARDED_OTA_VERIFY
                                                                      : GUARDED_OTA_SET_BOOT,
                            error);
    }
    return ESP_OK;
}

static esp_err_t update(guarded_run_t *run)
{
    esp_err_t error = prepare(run);
    if (error == ESP_OK) {
        error = guarded_fetch_manifest(run);
    }
    if (error == ESP_OK) {
        guarded_receive_begin(run);
        error = guarded_download(run);
    }
    if (error == ESP_OK) {
        if (atomic_exchange(&run->is_settled, true)) {
            vTaskSuspend(NULL); /* the restart is on its way */
        }
        error = install(run);
    }
    /* What failed later than the download would fail again. */
    if (error == ESP_OK || run->result.stage > GUARDED_OTA_DOWNLOAD) {
        guarded_progress_forget();
    }
    if (error == ESP_OK) {
        run->result.stage = GUARDED_OTA_DONE;
    }
    return error;
}

/* --- the task and its deadline ---------------------------------------------------------------- */

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

static TickType_t ticks(uint64_t milliseconds)
{
    uint64_t count = milliseconds / portTICK_PERIOD_MS + 1;
    return count < portMAX_DELAY ? (TickType_t)count : portMAX_DELAY - 1;
}

/* ESP-IDF's client has no deadline for a handshake or a header field that drips. Only a reset ends
 * that; nothing is lost by it, as the slot is unusable until all has come. */
static void wait_for(guarded_run_t *run)
{
    uint64_t most = (uint64_t)run->config.overall_timeout_ms +
                    (uint64_t)GUARDED_OTA_GRACE * run->config.receive_timeout_ms;
    if (xSemaphoreTake(run->done, ticks(most)) == pdTRUE) {
        return;
    }
    if (!atomic_exchange(&run->is_settled, true)) {
        guarded_ota_result_t result = run->result;
        result.error = ESP_ERR_TIMEOUT;
        if (result.stage == GUARDED_OTA_CONNECT && run->response.is_connected) {
            result.stage = GUARDED_OTA_HTTP;
        }
        ESP_LOGE(tag, "the client does not come back; the deadline is kept by a restart");
        if (run->config.before_restart != NULL) {
            run->config.before_restart(&result, run->config.context);
        }
        esp_restart();
    }
    xSemaphoreTake(run->done, portMAX_DELAY); /* all has come: what is left needs no server */
}

static esp_err_t run_in_task(const guarded_ota_config_t *config, guarded_ota_result_t *result)
{
    guarded_run_t *run = calloc(1, sizeof(*run));
    if (run == NULL) {
        return ESP_ERR_NO_MEM;
    }
    run->config = *config;
    set_defaults(&run->config);
    run->deadline = esp_timer_get_time() + (int64_t)run->config.overall_timeout_ms * 1000;
    run->result.error = ESP_ERR_NO_MEM;
    run->done = xSemaphoreCreateBinary();
    if (run->done != NULL && xTaskCreate(work, "guarded_ota", STACK_SIZE, run,
                                         uxTaskPriorityGet(NULL), NULL) == pdPASS) {
        wait_for(run);
    }
    *result = run->result;
    if (run->done != NULL) {
        vSemaphoreDelete(run->done);
    }
    free(run);
    return result->error;
}

esp_err_t guarded_ota_update(const guarded_ota_config_t *config, guarded_ota_result_t *result)
{
    guarded_ota_result_t unwanted;
    result = result == NULL ? &unwanted : result;
    memset(result, 0, sizeof(*result));
    if (config == NULL || config->url == NULL ||
        (config->cert_pem == NULL && config->crt_bundle_attach == NULL && !config->allow_http)) {
        result->error = ESP_ERR_INVALID_ARG;
    } else if (atomic_flag_test_and_set(&is_busy)) {
        result->error = ESP_ERR_INVALID_STATE;
    } else {
        result->error = run_in_task(config, result);
        atomic_flag_clear(&is_busy);
    }
    return result->error;
}

/* --- after the reset -------------------------------------------------------------------------- */

static bool is_power_loss(esp_reset_reason_t reason)
{
    return reason == ESP_RST_POWERON || reason == ESP_RST_EXT || reason == ESP_RST_BROWNOUT;
}

guarded_ota_proof_t guarded_ota_prove(void)
{
    guarded_expectation_t expectation;
    uint8_t digest[32];
    esp_ota_img_states_t state;
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (running == NULL || guarded_expected(&expectation) != ESP_OK) {
        return GUARDED_OTA_NOTHING_EXPECTED;
    }
    if (running->address != expectation.slot ||
        esp_partition_get_sha256(running, digest) != ESP_OK ||
        memcmp(digest, expectation.sha256, sizeof(digest)) != 0) {
        guarded_history_count(expectation.version, is_power_loss(esp_reset_reason())
                                                       ? GUARDED_LOST_POWER
                                                       : GUARDED_LOST_BY_ITSELF);
        guarded_expect_nothing();
        return GUARDED_OTA_ROLLED_BACK;
    }
    /* Before it is confirmed, the next boot may be another one's. */
    if (esp_ota_get_state_partition(running, &state) == ESP_OK &&
        state != ESP_OTA_IMG_PENDING_VERIFY) {
        guarded_history_clear(expectation.version);
        guarded_expect_nothing();
    }
    return GUARDED_OTA_NEW_RUNS;
}

void guarded_ota_forget_progress(void) { guarded_progress_forget(); }

void guarded_ota_forget_versions(void) { guarded_history_forget(); }

const char *guarded_ota_stage_name(guarded_ota_stage_t stage)
{
    static const char *const names[] = {
        "idle",   "precondition", "manifest", "connect", "http",     "download",
        "header", "policy",       "write",    "verify",  "set-boot", "done",
    };
    return (size_t)stage < sizeof(names) / sizeof(names[0]) ? names[stage] : "unknown";
}
