#include "board/bootloader.h"

#include <inttypes.h>
#include <string.h>

#include "board/board.h"
#include "board/defect.h"
#include "bootloader_select.h"
#include "esp_log.h"
#include "image_memory.h"

static const char *TAG = "boot";

/* What the chip has jumped into. */
static boot_t running;

void bootloader_set_running(const boot_t *boot)
{
    if (boot) {
        running = *boot;
    } else {
        memset(&running, 0, sizeof(running));
    }
}

const boot_t *bootloader_running(void) { return running.slot ? &running : NULL; }

static const esp_partition_t *partition_at(uint32_t address)
{
    const esp_partition_t *found = NULL;
    esp_partition_iterator_t iterator
        = esp_partition_find(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY, NULL);
    while (iterator && !found) {
        const esp_partition_t *partition = esp_partition_get(iterator);
        found = partition->address == address ? partition : NULL;
        iterator = esp_partition_next(iterator);
    }
    esp_partition_iterator_release(iterator);
    return found;
}

/* The tag of what only one kind of chip says. */
static const char *chip_tag(void)
{
    switch (board.chip_id) {
    case ESP_CHIP_ID_ESP32: return "boot.esp32";
    case ESP_CHIP_ID_ESP32S2: return "boot.esp32s2";
    case ESP_CHIP_ID_ESP32C3: return "boot.esp32c3";
    case ESP_CHIP_ID_ESP32S3: return "boot.esp32s3";
    case ESP_CHIP_ID_ESP32C2: return "boot.esp32c2";
    case ESP_CHIP_ID_ESP32C6: return "boot.esp32c6";
    case ESP_CHIP_ID_ESP32H2: return "boot.esp32h2";
    case ESP_CHIP_ID_ESP32P4: return "boot.esp32p4";
    case ESP_CHIP_ID_ESP32C5: return "boot.esp32c5";
    default: return TAG;
    }
}

/* Of two segments that are mapped by one cache, the second hides the first. */
static void warn_of_hidden_segments(boot_t *boot)
{
    const image_t *image = &boot->image;
    const char *first = image_map_name(board.chip_id, image->segments[0].load_addr);
    bool is_seen[2] = {false, false};
    boot->hides_constants = false;
    for (int index = 0; index < image->header.segment_count; index++) {
        const char *name = image_map_name(board.chip_id, image->segments[index].load_addr);
        if (!name) {
            continue;
        }
        bool *is_this_seen = &is_seen[name[0] == 'D' ? 0 : 1];
        if (*is_this_seen) {
            ESP_LOGE(TAG, "Image contains multiple %s segments. Only the last one will be mapped.",
                     name);
            boot->hides_constants |= first && strcmp(first, name) == 0;
        }
        *is_this_seen = true;
    }
}

/* Whether a slot's image is there, is let boot, and verifies. */
static bool try_load(const esp_partition_pos_t *slot, boot_t *boot)
{
    if (slot->size == 0 || !bootloader_is_secure_enough(slot)) {
        return false;
    }
    if (image_verify(slot->offset, slot->size, IMAGE_BY_BOOTLOADER, false, &boot->image)
        != ESP_OK) {
        return false;
    }
    ESP_LOGI(TAG, "Loaded app from partition at offset 0x%" PRIx32, slot->offset);
    boot->slot = partition_at(slot->offset);
    return boot->slot != NULL;
}

/* The same for an index that was selected, with what is noted and said of it. */
static bool try_index(const bootloader_table_t *table, const bootloader_selection_t *selection,
                      int index, boot_t *boot)
{
    const esp_partition_pos_t *slot
        = index == BOOTLOADER_FACTORY ? &table->factory : &table->ota[index];
    if (slot->size == 0) {
        return false;
    }
    ESP_LOGD(TAG, "Trying partition index %d offs 0x%" PRIx32 " size 0x%" PRIx32, index,
             slot->offset, slot->size);
    if (try_load(slot, boot)) {
        bootloader_note_first_choice(table, selection, index);
        return true;
    }
    if (index == BOOTLOADER_FACTORY) {
        ESP_LOGE(TAG, "Factory app partition is not bootable");
    } else {
        ESP_LOGE(TAG, "OTA app partition slot %d is not bootable", index);
    }
    return false;
}

/* From the selected slot down to the factory app, then from it up, then the test app. */
static esp_err_t load(const bootloader_table_t *table, const bootloader_selection_t *selection,
                      boot_t *boot)
{
    for (int index = selection->index; index >= BOOTLOADER_FACTORY; index--) {
        if (try_index(table, selection, index, boot)) {
            return ESP_OK;
        }
        if (has_defect(DEFECT_NEVER_FALLS_BACK)) {
            return ESP_FAIL;
        }
    }
    for (int index = selection->index + 1; index < (int)table->app_count && index < 16; index++) {
        if (try_index(table, selection, index, boot)) {
            return ESP_OK;
        }
    }
    if (try_load(&table->test, boot)) {
        ESP_LOGW(TAG, "Falling back to test app as only bootable partition");
        return ESP_OK;
    }
    ESP_LOGE(TAG, "No bootable app partitions in the partition table");
    return ESP_FAIL;
}

esp_err_t bootloader_boot(boot_t *boot)
{
    memset(boot, 0, sizeof(*boot));
    ESP_LOGI(TAG, "ESP-IDF v5.3.2 2nd stage bootloader");
    ESP_LOGI(TAG, "chip revision: v%d.%d", board.chip_revision / 100, board.chip_revision % 100);
    ESP_LOGI(chip_tag(), "SPI Flash Size : %" PRIu32 "MB", board.flash_size >> 20);
    bootloader_table_t table;
    if (bootloader_table_load(&table) != ESP_OK) {
        return ESP_FAIL;
    }
    bootloader_selection_t selection = bootloader_select(&table);
    if (selection.index == BOOTLOADER_INVALID) {
        return ESP_FAIL;
    }
    esp_err_t error = load(&table, &selection, boot);
    if (error == ESP_OK) {
        warn_of_hidden_segments(boot);
    }
    return error;
}
