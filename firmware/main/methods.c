#include "methods.h"

#include <string.h>

#include "esp_crt_bundle.h"
#include "sdkconfig.h"

extern const char ca_cert_pem_start[] asm("_binary_ca_cert_pem_start");

static const method_t methods[] = {
    {"native", method_native},
    {"simple", method_simple},
    {"advanced", method_advanced},
    {"guarded", method_guarded},
};

const method_t *method_named(const char *name)
{
    for (size_t at = 0; at < sizeof(methods) / sizeof(methods[0]); at++) {
        if (strcmp(methods[at].name, name) == 0) {
            return &methods[at];
        }
    }
    return NULL;
}

const method_t *method_default(void)
{
#if CONFIG_APP_OTA_METHOD_NATIVE
    return method_named("native");
#elif CONFIG_APP_OTA_METHOD_SIMPLE
    return method_named("simple");
#elif CONFIG_APP_OTA_METHOD_GUARDED
    return method_named("guarded");
#else
    return method_named("advanced");
#endif
}

attach_bundle_t update_attach_bundle(void)
{
#ifdef CONFIG_APP_OTA_CERT_BUNDLE
    if (CONFIG_APP_OTA_CERT_BUNDLE) {
        return esp_crt_bundle_attach;
    }
#endif
    return NULL;
}

const char *update_ca_pem(void)
{
    return update_attach_bundle() == NULL ? ca_cert_pem_start : NULL;
}

esp_http_client_config_t update_http_config(const char *url)
{
    return (esp_http_client_config_t){
        .url = url,
        .cert_pem = update_ca_pem(),
        .crt_bundle_attach = update_attach_bundle(),
        .timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS,
        .keep_alive_enable = true,
#if CONFIG_APP_OTA_SKIP_NAME_CHECK
        .skip_cert_common_name_check = true,
#endif
    };
}

void update_reject(update_t *update, const char *stage, esp_err_t error)
{
    update->outcome = "rejected";
    update->stage = stage;
    update->error = error;
}

void update_refuse(update_t *update, esp_err_t error)
{
    update_reject(update, "policy", error);
    update->outcome = "refused";
}

void update_succeed(update_t *update)
{
    update->outcome = "updated";
    update->stage = "set-boot";
    update->error = ESP_OK;
}
