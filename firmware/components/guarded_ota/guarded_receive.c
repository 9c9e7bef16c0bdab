#include <string.h>

#include "esp_log.h"
#include "esp_ota_ops.h"
#include "guarded_run.h"
#include "sdkconfig.h"

#define TELL_EVERY (16 * GUARDED_SECTOR)
#define SAVE_EVERY (16 * GUARDED_SECTOR)

static const char *const tag = "guarded_ota";

/* --- begin, and begin again ------------------------------------------------------------------- */

static void begin_image(guarded_run_t *run)
{
#ifdef CONFIG_SECURE_SIGNED_ON_UPDATE
    const bool is_signed = true;
#else
    const bool is_signed = false;
#endif
    guarded_image_begin(&run->image, is_signed);
}

void guarded_receive_anew(guarded_run_t *run)
{
    guarded_progress_forget();
    memset(&run->progress, 0, sizeof(run->progress));
    memset(&run->result.offer, 0, sizeof(run->result.offer));
    begin_image(run);
    guarded_slot_begin(&run->writer, run->slot);
    run->head_count = 0;
    run->is_judged = false;
    run->result.received = 0;
    run->result.total = run->manifest.size;
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
    return error == ESP_OK ? ESP_OK : guarded_fail(run, stage, error);
}

/* Follows the image anew as far as it is kept, as what came of a broken sector comes again. */
static esp_err_t resume_at(guarded_run_t *run, size_t kept)
{
    esp_err_t error = guarded_slot_resume(&run->writer, run->slot, kept);
    begin_image(run);
    for (size_t offset = 0; error == ESP_OK && offset < kept; offset += sizeof(run->buffer)) {
        error = guarded_slot_read(&run->writer, offset, run->buffer, sizeof(run->buffer));
        guarded_image_feed(&run->image, run->buffer, sizeof(run->buffer));
    }
    run->result.received = kept;
    return error;
}

static bool is_of_this_update(const guarded_run_t *run, const guarded_progress_t *saved)
{
    return saved->url == guarded_progress_hash(run->config.url) &&
           saved->slot == run->slot->address && saved->has_sha256 == run->manifest.has_sha256 &&
           memcmp(saved->sha256, run->manifest.sha256, sizeof(saved->sha256)) == 0;
}

void guarded_receive_begin(guarded_run_t *run)
{
    guarded_progress_t saved;
    uint8_t *first = run->writer.first;
    guarded_image_begin(&run->image, false);
    if (guarded_progress_load(&saved, first) != ESP_OK || !is_of_this_update(run, &saved) ||
        resume_at(run, saved.received) != ESP_OK || run->image.is_broken ||
        judge(run, first, GUARDED_SECTOR) != ESP_OK) {
        guarded_receive_anew(run);
        return;
    }
    run->progress = saved;
    run->furthest = saved.received;
    run->result.total = saved.total;
    run->result.resumed_from = saved.received;
    ESP_LOGI(tag, "going on at byte %u", (unsigned)saved.received);
}

esp_err_t guarded_receive_resume(guarded_run_t *run)
{
    /* Without a validator or a digest nothing would tell that the rest is another file's. */
    bool can_resume = run->progress.validator[0] != 0 || run->manifest.has_sha256;
    size_t kept = can_resume && run->is_judged ? guarded_slot_kept(&run->writer) : 0;
    if (kept == run->writer.received) {
        return ESP_OK;
    }
    if (kept == 0) {
        guarded_receive_anew(run);
        return ESP_OK;
    }
    esp_err_t error = resume_at(run, kept);
    return error == ESP_OK ? ESP_OK : guarded_fail(run, GUARDED_OTA_WRITE, error);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void save_progress(guarded_run_t *run)
{
    size_t kept = guarded_slot_kept(&run->writer);
    bool is_first = run->progress.received == 0;
    if (!run->is_judged || kept < GUARDED_SECTOR ||
        kept - run->progress.received < (is_first ? 1 : SAVE_EVERY) ||
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

/* What the headers that came say of the image, long before all of it has come. */
static esp_err_t check_image(guarded_run_t *run)
{
    const guarded_image_t *image = &run->image;
    size_t least = image->length > 0 ? image->length : image->next;
    if (image->is_broken) {
        ESP_LOGE(tag, "the image's segments make no sense");
        return guarded_fail(run, GUARDED_OTA_HEADER, ESP_ERR_OTA_VALIDATE_FAILED);
    }
    if (least > run->slot->size) {
        ESP_LOGE(tag, "an image of %zu bytes or more does not fit the slot", least);
        return guarded_fail(run, GUARDED_OTA_HEADER, ESP_ERR_INVALID_SIZE);
    }
    if (run->result.total > 0 && least > run->result.total) {
        ESP_LOGE(tag, "an image of %zu bytes or more in a file of %zu", least, run->result.total);
        return guarded_fail(run, run->is_judged ? GUARDED_OTA_VERIFY : GUARDED_OTA_HEADER,
                            ESP_ERR_OTA_VALIDATE_FAILED);
    }
    return ESP_OK;
}

/* Where the file ends, as far as that is known: behind its image there may be more. */
static size_t end_of(const guarded_run_t *run)
{
    return run->result.total > 0 ? run->result.total : run->image.length;
}

esp_err_t guarded_receive(guarded_run_t *run, const uint8_t *bytes, size_t count)
{
    esp_err_t error = run->is_judged ? ESP_OK : judge(run, bytes, count);
    if (error != ESP_OK) {
        return error;
    }
    guarded_image_feed(&run->image, bytes, count);
    error = check_image(run);
    if (error != ESP_OK) {
        return error;
    }
    size_t before = run->writer.received;
    size_t end = end_of(run);
    if (end > 0 && count > end - before) {
        count = end - before;
    }
    error = guarded_slot_write(&run->writer, bytes, count);
    if (error != ESP_OK) {
        return guarded_fail(run, GUARDED_OTA_WRITE, error);
    }
    run->result.received = run->writer.received;
    save_progress(run);
    if (before / TELL_EVERY != run->writer.received / TELL_EVERY) {
        guarded_enter(run, GUARDED_OTA_DOWNLOAD);
    }
    return ESP_OK;
}

bool guarded_receive_is_whole(const guarded_run_t *run)
{
    size_t end = end_of(run);
    return end > 0 && run->writer.received >= end;
}

/* --- the end ---------------------------------------------------------------------------------- */

esp_err_t guarded_receive_end(guarded_run_t *run)
{
    uint8_t digest[32];
    if (!run->is_judged) {
        ESP_LOGE(tag, "%zu bytes are no app image", run->writer.received);
        return guarded_fail(run, GUARDED_OTA_HEADER, ESP_ERR_OTA_VALIDATE_FAILED);
    }
    /* What the slot holds behind the last byte may be the rest of an image from before. */
    if (!guarded_image_is_whole(&run->image)) {
        ESP_LOGE(tag, "the file ends after %zu bytes, before its image", run->writer.received);
        return guarded_fail(run, GUARDED_OTA_VERIFY, ESP_ERR_OTA_VALIDATE_FAILED);
    }
    esp_err_t error = guarded_slot_flush(&run->writer);
    if (error != ESP_OK) {
        return guarded_fail(run, GUARDED_OTA_WRITE, error);
    }
    if (!run->manifest.has_sha256) {
        return ESP_OK;
    }
    error = guarded_slot_sha256(&run->writer, run->writer.received, digest);
    if (error == ESP_OK && memcmp(digest, run->manifest.sha256, sizeof(digest)) != 0) {
        ESP_LOGE(tag, "the SHA-256 is not the manifest's");
        error = ESP_ERR_OTA_VALIDATE_FAILED;
    }
    return error == ESP_OK ? ESP_OK : guarded_fail(run, GUARDED_OTA_VERIFY, error);
}
