#include "app_report.h"

#include <stdio.h>
#include <string.h>

#include "esp_app_desc.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"

static const char *const tag = "app";

const char *report_state(void)
{
    esp_ota_img_states_t state;
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (running == NULL || esp_ota_get_state_partition(running, &state) != ESP_OK) {
        return "UNDEFINED";
    }
    switch (state) {
    case ESP_OTA_IMG_NEW: return "NEW";
    case ESP_OTA_IMG_PENDING_VERIFY: return "PENDING_VERIFY";
    case ESP_OTA_IMG_VALID: return "VALID";
    case ESP_OTA_IMG_INVALID: return "INVALID";
    case ESP_OTA_IMG_ABORTED: return "ABORTED";
    default: return "UNDEFINED";
    }
}

/* Text of a field of 32 bytes as JSON has it. */
static void quote(char *to, size_t size, const char *text, size_t limit)
{
    size_t used = 0;
    for (size_t at = 0; at < limit && text[at] != 0 && used + 7 < size; at++) {
        unsigned char byte = (unsigned char)text[at];
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x7F) {
            used += (size_t)snprintf(to + used, size - used, "\\u%04x", byte);
        } else {
            to[used++] = (char)byte;
        }
    }
    to[used] = 0;
}

static void digest_of(const esp_partition_t *partition, char text[65])
{
    uint8_t digest[32];
    text[0] = 0;
    if (partition == NULL || esp_partition_get_sha256(partition, digest) != ESP_OK) {
        return;
    }
    for (size_t at = 0; at < sizeof(digest); at++) {
        snprintf(text + 2 * at, 3, "%02x", digest[at]);
    }
}

void report_boot(void)
{
    const esp_app_desc_t *app = esp_app_get_description();
    const esp_partition_t *running = esp_ota_get_running_partition();
    char digest[65], project[200], version[200];
    digest_of(running, digest);
    quote(project, sizeof(project), app->project_name, sizeof(app->project_name));
    quote(version, sizeof(version), app->version, sizeof(app->version));
    ESP_LOGI(tag, "%.32s %.32s, secure version %u, in %s, state %s", app->project_name,
             app->version, (unsigned)app->secure_version, running ? running->label : "?",
             report_state());
    ESP_LOGI(tag, "SHA-256 of the running image: %s", digest);
    printf("OTA-REPORT {\"event\":\"boot\",\"project\":\"%s\",\"version\":\"%s\","
           "\"secure_version\":%u,\"slot\":\"%s\",\"state\":\"%s\",\"sha256\":\"%s\"}\n",
           project, version, (unsigned)app->secure_version, running ? running->label : "",
           report_state(), digest);
    fflush(stdout);
}

void report_update(const char *method, const update_t *update)
{
    char version[200];
    const esp_partition_t *next = esp_ota_get_boot_partition();
    quote(version, sizeof(version), update->offer.version, sizeof(update->offer.version));
    printf("OTA-REPORT {\"event\":\"update\",\"method\":\"%s\",\"outcome\":\"%s\",\"stage\":\"%s\","
           "\"error\":\"%s\",\"code\":\"0x%x\",\"received\":%u,\"offered\":\"%s\",\"boots\":\"%s\"}\n",
           method, update->outcome, update->stage, esp_err_to_name(update->error),
           (unsigned)update->error, (unsigned)update->received, version, next ? next->label : "");
    fflush(stdout);
}

void report_self_test(const char *outcome)
{
    printf("OTA-REPORT {\"event\":\"self-test\",\"outcome\":\"%s\",\"state\":\"%s\"}\n", outcome,
           report_state());
    fflush(stdout);
}

void report_proof(const char *outcome)
{
    printf("OTA-REPORT {\"event\":\"proof\",\"outcome\":\"%s\"}\n", outcome);
    fflush(stdout);
}
