/* The partitions of non-volatile storage. */
#pragma once

#include "esp_partition.h"
#include "nvs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ESP_ERR_NOT_FOUND: there is no such partition. ESP_ERR_NVS_NO_FREE_PAGES: what it holds is none of the
 * storage's, or it is under three sectors; apps erase it then. */
esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_init_partition(const char *label);
/* ESP_ERR_NVS_NOT_INITIALIZED. */
esp_err_t nvs_flash_deinit(void);
esp_err_t nvs_flash_deinit_partition(const char *label);
/* Erases it, and takes it back out of use. */
esp_err_t nvs_flash_erase(void);
esp_err_t nvs_flash_erase_partition(const char *label);

#ifdef __cplusplus
}
#endif
