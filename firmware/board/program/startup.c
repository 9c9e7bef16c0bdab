/* From the bootloader's jump to app_main, with the RTC watchdog running. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board/flash.h"
#include "board/defect.h"
#include "board/image.h"
#include "board/system.h"
#include "esp_app_desc.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "program.h"

void app_main(void);

/* What an image can have in its custom app descriptor: how its first boot goes (docs/images.md). */
typedef struct {
    uint32_t magic;
    uint16_t version;
    uint16_t size;
    uint8_t behaviour;
    uint8_t phase;
    uint16_t reserved;
    uint32_t delay_ms;
    uint8_t zero[16];
} directive_t;

#define DIRECTIVE_OFFSET 288
#define DIRECTIVE_MAGIC 0x56525346u
enum { BEHAVIOUR_CRASH = 2, BEHAVIOUR_HANG = 3, PHASE_STARTUP = 1 };

static bool can_run_at(const image_t *image, uint32_t address)
{
    for (int i = 0; i < image->header.segment_count; i++) {
        const esp_image_segment_header_t *segment = &image->segments[i];
        if (segment->load_addr >= 0x10000000 && address >= segment->load_addr &&
            address - segment->load_addr < segment->data_len) {
            return true;
        }
    }
    return false;
}

/* An app that was confirmed, or is no update, does not look at its directive. */
static bool is_unconfirmed(const esp_partition_t *slot)
{
    esp_ota_img_states_t state;
    return esp_ota_get_state_partition(slot, &state) == ESP_OK && state != ESP_OTA_IMG_VALID;
}

static void sleep_ms(uint32_t milliseconds)
{
    usleep(milliseconds % 1000 * 1000);
    for (uint32_t i = 0; i < milliseconds / 1000; i++) {
        sleep(1);
    }
}

/* Waits as long as the RTC watchdog lets it. */
static void wait_until(uint32_t uptime_ms, const options_t *options)
{
    uint32_t now = board_uptime_ms();
    uint32_t last = uptime_ms < options->wdt_time_ms ? uptime_ms : options->wdt_time_ms;
    if (last > now) {
        sleep_ms(last - now);
    }
    if (uptime_ms >= options->wdt_time_ms) {
        board_reset(BOARD_RESET_WATCHDOG);
    }
}

static void follow_directive(const boot_t *boot, const options_t *options)
{
    directive_t directive;
    if (flash_read(boot->slot->address + DIRECTIVE_OFFSET, &directive, sizeof(directive)) != ESP_OK ||
        directive.magic != DIRECTIVE_MAGIC || directive.version != 1 ||
        directive.phase != PHASE_STARTUP || !is_unconfirmed(boot->slot)) {
        return;
    }
    uint64_t at = (uint64_t)board_uptime_ms() + directive.delay_ms;
    if (directive.behaviour == BEHAVIOUR_CRASH) {
        wait_until(at > UINT32_MAX ? UINT32_MAX : (uint32_t)at, options);
        run_panic("LoadProhibited", boot->image.header.entry_addr);
    } else if (directive.behaviour == BEHAVIOUR_HANG) {
        wait_until(UINT32_MAX, options);
    }
}

static void say_what_runs(const boot_t *boot)
{
    static const char INIT[] = "app_init";
    const esp_app_desc_t *app = &boot->image.descriptor;
    ESP_LOGI("cpu_start", "Pro cpu start user code");
    ESP_LOGI("cpu_start", "cpu freq: 160000000 Hz");
    ESP_LOGI(INIT, "Application information:");
    if (boot->image.has_descriptor) {
        ESP_LOGI(INIT, "Project name:     %.32s", app->project_name);
        ESP_LOGI(INIT, "App version:      %.32s", app->version);
        ESP_LOGI(INIT, "Secure version:   %" PRIu32, app->secure_version);
        ESP_LOGI(INIT, "Compile time:     %.16s %.16s", app->date, app->time);
        ESP_LOGI(INIT, "ELF file SHA256:  %s...", esp_app_get_elf_sha256_str());
        ESP_LOGI(INIT, "ESP-IDF:          %.32s", app->idf_ver);
    }
    ESP_LOGI("cpu_start", "Starting scheduler on PRO CPU.");
    char project[200], version[200];
    report_escape(app->project_name, sizeof(app->project_name), project, sizeof(project));
    report_escape(app->version, sizeof(app->version), version, sizeof(version));
    report("app",
           ",\"slot\":\"%s\",\"offset\":%u,\"project\":\"%s\",\"version\":\"%s\","
           "\"secure_version\":%u",
           boot->slot->label, (unsigned)boot->slot->address, project, version,
           (unsigned)app->secure_version);
}

static void main_task(void *unused)
{
    (void)unused;
    ESP_LOGI("main_task", "Started on CPU0");
    ESP_LOGI("main_task", "Calling app_main()");
    app_main();
    ESP_LOGI("main_task", "Returned from app_main()");
}

void startup(const boot_t *boot, const options_t *options)
{
    uint32_t entry = boot->image.header.entry_addr;
    if (!can_run_at(&boot->image, entry)) {
        run_panic("InstrFetchProhibited", entry);
    }
    if (boot->hides_constants) {
        run_panic("LoadProhibited", boot->image.segments[0].load_addr);
    }
    say_what_runs(boot);
    follow_directive(boot, options);
    if (has_defect(DEFECT_CONFIRMS_AT_ONCE)) {
        (void)esp_ota_mark_app_valid_cancel_rollback();
    }
    task_watchdog_start();
    if (xTaskCreate(main_task, "main", CONFIG_ESP_MAIN_TASK_STACK_SIZE, NULL, 1, NULL) != pdPASS) {
        fail(EXIT_NO_SETUP, "the main task cannot be started");
    }
}
