#include "app_console.h"

#include <stdio.h>
#include <string.h>

#include "app_report.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "guarded_ota.h"
#include "methods.h"

#define LINE_SIZE 512

static const char *const tag = "console";
static const method_t *method;

void console_update(const char *url)
{
    update_t update = {.outcome = "rejected", .stage = "connect", .error = ESP_FAIL};
    if (method == NULL) {
        method = method_default();
    }
    ESP_LOGI(tag, "update by %s from %s", method->name, url);
    method->run(url, &update);
    report_update(method->name, &update);
    if (update.error == ESP_OK) {
        vTaskDelay(pdMS_TO_TICKS(100)); /* the line is on its way */
        esp_restart();
    }
}

static void choose_method(const char *name)
{
    const method_t *chosen = method_named(name);
    if (chosen == NULL) {
        printf("no method '%s'; take native, simple, advanced or guarded\n", name);
        return;
    }
    method = chosen;
    printf("method %s\n", method->name);
}

static void erase_otadata(void)
{
    const esp_partition_t *otadata =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    esp_err_t error = otadata == NULL ? ESP_ERR_NOT_FOUND
                                      : esp_partition_erase_range(otadata, 0, otadata->size);
    printf("erase-otadata: %s\n", esp_err_to_name(error));
}

static void help(void)
{
    printf("URL             update from it\n"
           "method NAME     native, simple, advanced or guarded\n"
           "manifest URL    where guarded finds the image's SHA-256; 'manifest none': nowhere\n"
           "status          what runs\n"
           "confirm         confirm this app\n"
           "reboot          restart\n"
           "erase-otadata   forget which slot boots\n"
           "forget          forget how far a guarded download had come,\n"
           "                and which versions failed\n");
}

static void obey(const char *line)
{
    if (strncmp(line, "https://", 8) == 0 || strncmp(line, "http://", 7) == 0) {
        console_update(line);
    } else if (strncmp(line, "method ", 7) == 0) {
        choose_method(line + 7);
    } else if (strncmp(line, "manifest ", 9) == 0) {
        guarded_set_manifest(strcmp(line + 9, "none") == 0 ? "" : line + 9);
        printf("%s\n", line);
    } else if (strcmp(line, "status") == 0) {
        report_boot();
    } else if (strcmp(line, "confirm") == 0) {
        printf("confirm: %s\n", esp_err_to_name(esp_ota_mark_app_valid_cancel_rollback()));
    } else if (strcmp(line, "reboot") == 0) {
        esp_restart();
    } else if (strcmp(line, "erase-otadata") == 0) {
        erase_otadata();
    } else if (strcmp(line, "forget") == 0) {
        guarded_ota_forget_progress();
        guarded_ota_forget_versions();
        printf("forget: ESP_OK\n");
    } else if (strcmp(line, "help") == 0) {
        help();
    } else if (line[0] != 0) {
        printf("'%s' is no command; 'help' lists them\n", line);
    }
    fflush(stdout);
}

void console_run(void)
{
    static char line[LINE_SIZE];
    printf("ready: a URL, or 'help'\n");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
        obey(line);
    }
}
