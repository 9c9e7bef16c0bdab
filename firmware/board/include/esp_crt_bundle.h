/* The certificate bundle: roots that a connection trusts if its configuration names
 * esp_crt_bundle_attach (ESP-IDF Programming Guide, "ESP x509 Certificate Bundle"). */
#pragma once

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Attaches the bundle to a TLS configuration. Applications hand this function over and do not
 * call it. ESP_ERR_NOT_FOUND: the board was given no bundle. */
esp_err_t esp_crt_bundle_attach(void *conf);

#ifdef __cplusplus
}
#endif
