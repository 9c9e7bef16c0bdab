/* The eFuse field of anti-rollback (ESP-IDF Programming Guide, "eFuse Manager"). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_log.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many bits of the field are burnt. */
uint32_t esp_efuse_read_secure_version(void);
/* Whether an app of that version may run: it is not under the field's. */
bool esp_efuse_check_secure_version(uint32_t secure_version);
/* Burns bits until the field is at that version; never takes any back. ESP_ERR_INVALID_ARG: the
 * field has not so many bits. */
esp_err_t esp_efuse_update_secure_version(uint32_t secure_version);

#ifdef __cplusplus
}
#endif
