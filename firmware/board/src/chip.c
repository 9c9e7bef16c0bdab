#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board/board.h"
#include "esp_chip_info.h"
#include "esp_mac.h"
#include "esp_random.h"

void esp_fill_random(void *to, size_t count)
{
    char *next = to;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0) {
            continue; /* a signal came between */
        }
        next += got;
        count -= (size_t)got;
    }
}

uint32_t esp_random(void)
{
    uint32_t number;
    esp_fill_random(&number, sizeof(number));
    return number;
}

esp_err_t esp_efuse_mac_get_default(uint8_t *mac) { return esp_read_mac(mac, ESP_MAC_WIFI_STA); }

esp_err_t esp_read_mac(uint8_t *mac, esp_mac_type_t type)
{
    static const uint8_t base[6] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x00}; /* locally administered */
    if (!mac) {
        return ESP_ERR_INVALID_ARG;
    }
    memcpy(mac, base, sizeof(base));
    mac[5] = (uint8_t)(mac[5] + type);
    return ESP_OK;
}

void esp_chip_info(esp_chip_info_t *info)
{
    /* esp_chip_model_t has the chip ids, but for the first one. */
    bool is_esp32 = board.chip_id == 0;
    *info = (esp_chip_info_t){
        .model = is_esp32 ? CHIP_ESP32 : (esp_chip_model_t)board.chip_id,
        .features = CHIP_FEATURE_WIFI_BGN | CHIP_FEATURE_BLE | (is_esp32 ? CHIP_FEATURE_BT : 0),
        .revision = board.chip_revision,
        .cores = is_esp32 || board.chip_id == CHIP_ESP32S3 ? 2 : 1,
    };
}
