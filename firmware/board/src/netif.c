/* The connection: the computer has one, so this only says what an app's log would say. */
#include "esp_netif.h"

#include <string.h>

#include "esp_log.h"
#include "esp_wifi.h"
#include "protocol_examples_common.h"

static const char TAG[] = "example_connect";
static const char COMMON_TAG[] = "example_common";

struct esp_netif_obj {
    const char *description;
    bool is_up;
};

/* One chip, one interface. */
static esp_netif_t ethernet = {.description = EXAMPLE_NETIF_DESC_ETH};
static wifi_ps_type_t power_saving = WIFI_PS_MIN_MODEM;

ESP_EVENT_DEFINE_BASE(IP_EVENT);

esp_err_t esp_netif_init(void) { return ESP_OK; }

esp_err_t esp_netif_deinit(void) { return ESP_ERR_NOT_SUPPORTED; /* as the real one says */ }

const char *esp_netif_get_desc(esp_netif_t *netif) { return netif ? netif->description : NULL; }

bool esp_netif_is_netif_up(esp_netif_t *netif) { return netif && netif->is_up; }

esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *info)
{
    if (!netif || !info) {
        return ESP_ERR_INVALID_ARG;
    }
    *info = (esp_netif_ip_info_t){.ip = {0x0100007F}, .netmask = {0x000000FF}};
    return ESP_OK;
}

esp_err_t esp_netif_get_netif_impl_name(esp_netif_t *netif, char *name)
{
    if (!netif || !name) {
        return ESP_ERR_INVALID_ARG;
    }
    strcpy(name, "lo");
    return ESP_OK;
}

esp_err_t example_connect(void)
{
    esp_netif_ip_info_t info;
    esp_netif_get_ip_info(&ethernet, &info);
    ESP_LOGI(TAG, "Start example_connect.");
    ethernet.is_up = true;
    ESP_LOGI(TAG, "Got IPv4 event: Interface \"%s\" address: " IPSTR, ethernet.description,
             IP2STR(&info.ip));
    ESP_LOGI(COMMON_TAG, "Connected to %s", ethernet.description);
    ESP_LOGI(COMMON_TAG, "- IPv4 address: " IPSTR ",", IP2STR(&info.ip));
    return ESP_OK;
}

esp_err_t example_disconnect(void)
{
    ethernet.is_up = false;
    return ESP_OK;
}

esp_err_t example_configure_stdin_stdout(void) { return ESP_OK; }

esp_netif_t *get_example_netif_from_desc(const char *description)
{
    return strcmp(description, ethernet.description) == 0 ? &ethernet : NULL;
}

esp_err_t esp_wifi_set_ps(wifi_ps_type_t type)
{
    power_saving = type;
    return ESP_OK;
}

esp_err_t esp_wifi_get_ps(wifi_ps_type_t *type)
{
    if (!type) {
        return ESP_ERR_INVALID_ARG;
    }
    *type = power_saving;
    return ESP_OK;
}
