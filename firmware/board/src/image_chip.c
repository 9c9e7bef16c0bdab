#include "image_chip.h"

#include "board/board.h"
#include "board/defect.h"
#include "esp_log.h"

static const char *TAG = "boot_comm";

static bool is_set(unsigned revision) { return revision != 0 && revision != 65535; }

#define REFUSE(what, relation, wanted, actual)                                                     \
    ESP_LOGE(TAG, "Image requires " what " " relation " v%d.%d, but chip is v%d.%d",               \
             (wanted) / 100, (wanted) % 100, (actual) / 100, (actual) % 100)

bool image_suits_chip(const esp_image_header_t *header)
{
    if (has_defect(DEFECT_IGNORES_CHIP)) {
        return true;
    }
    if (header->chip_id != board.chip_id) {
        ESP_LOGE(TAG, "mismatch chip ID, expected %u, found %u", board.chip_id, header->chip_id);
        return false;
    }
    int revision = board.chip_revision;
    if (revision < header->min_chip_rev_full) {
        REFUSE("chip rev", ">=", header->min_chip_rev_full, revision);
        return false;
    }
    if (is_set(header->max_chip_rev_full) && revision > header->max_chip_rev_full) {
        REFUSE("chip rev", "<=", header->max_chip_rev_full, revision);
        return false;
    }
    return true;
}

bool image_suits_efuse_block(const esp_app_desc_t *descriptor)
{
    /* ESP32 has no block revision. */
    if (board.chip_id == ESP_CHIP_ID_ESP32) {
        return true;
    }
    int revision = board.efuse_block_revision;
    int least = descriptor->min_efuse_blk_rev_full;
    int most = descriptor->max_efuse_blk_rev_full;
    if (is_set((unsigned)least) && revision < least) {
        REFUSE("efuse blk rev", ">=", least, revision);
        return false;
    }
    if (is_set((unsigned)most) && revision > most) {
        REFUSE("efuse blk rev", "<=", most, revision);
        return false;
    }
    return true;
}
