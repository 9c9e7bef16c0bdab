/* The connection: the computer has one, so this only says what an app's log would say. */
#include "netif.h"

#include <stdio.h>
#include <string.h>

#include "esp_log.h"
#include "protocol_examples_common.h"

static const char TAG[] = "example_connect";
static const char COMMON_TAG[] = "example_common";

struct esp_netif_obj {
    const char *key;
    const char *description;
    ip_event_t got_address;
    const char *hostname;
    bool is_up;
};

static esp_netif_t station = {.key = "WIFI_STA_DEF",
                              .description = EXAMPLE_NETIF_DESC_STA,
                              .got_address = IP_EVENT_STA_GOT_IP,
                              .hostname = "espressif"};
static esp_netif_t ethernet = {.key = "ETH_DEF",
                               .description = EXAMPLE_NETIF_DESC_ETH,
                               .got_address = IP_EVENT_ETH_GOT_IP,
                               .hostname = "espressif"};

static esp_netif_t *const interfaces[] = {&station, &ethernet};

#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

ESP_EVENT_DEFINE_BASE(IP_EVENT);

/* Those that example_connect connects. */
static bool is_configured(const esp_netif_t *netif)
{
#ifdef CONFIG_EXAMPLE_CONNECT_WIFI
    if (netif == &station) {
        return true;
    }
#endif
#ifdef CONFIG_EXAMPLE_CONNECT_ETHERNET
    if (netif == &ethernet) {
        return true;
    }
#endif
    (void)netif;
    return false;
}

esp_netif_t *netif_station(void) { return &station; }

void netif_set_up(esp_netif_t *netif, bool is_up) { netif->is_up = is_up; }

void netif_post_address(esp_netif_t *netif)
{
    ip_event_got_ip_t event = {.esp_netif = netif, .ip_changed = true};
    esp_netif_get_ip_info(netif, &event.ip_info);
    esp_event_post(IP_EVENT, (int32_t)netif->got_address, &event, sizeof(event), portMAX_DELAY);
}

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

esp_netif_t *esp_netif_get_handle_from_ifkey(const char *key)
{
    for (size_t i = 0; i < INTERFACES; i++) {
        if (strcmp(interfaces[i]->key, key) == 0) {
            return interfaces[i];
        }
    }
    return NULL;
}

esp_netif_t *esp_netif_get_default_netif(void)
{
    size_t i = 0;
    while (i < INTERFACES && !interfaces[i]->is_up) {
        i++;
    }
    return i < INTERFACES ? interfaces[i] : NULL;
}

esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *hostname)
{
    static char names[INTERFACES][33];
    if (!netif || !hostname || strlen(hostname) > 32) {
        return ESP_ERR_INVALID_ARG;
    }
    char *name = names[netif == &station ? 0 : 1];
    strcpy(name, hostname);
    netif->hostname = name;
    return ESP_OK;
}

esp_err_t esp_netif_get_hostname(esp_netif_t *netif, const char **hostname)
{
    if (!netif || !hostname) {
        return ESP_ERR_INVALID_ARG;
    }
    *hostname = netif->hostname;
    return ESP_OK;
}

char *esp_ip4addr_ntoa(const esp_ip4_addr_t *address, char *buffer, int size)
{
    int count = snprintf(buffer, (size_t)size, IPSTR, IP2STR(address));
    return count < size ? buffer : NULL;
}

static void connect_interface(esp_netif_t *netif)
{
    esp_netif_ip_info_t info;
    esp_netif_get_ip_info(netif, &info);
    netif->is_up = true;
    ESP_LOGI(TAG, "Got IPv4 event: Interface \"%s\" address: " IPSTR, netif->description,
             IP2STR(&info.ip));
    netif_post_address(netif);
}

esp_err_t example_connect(void)
{
    for (size_t i = 0; i < INTERFACES; i++) {
        if (is_configured(interfaces[i])) {
            ESP_LOGI(TAG, "Start example_connect.");
            connect_interface(interfaces[i]);
        }
    }
    for (size_t i = 0; i < INTERFACES; i++) {
        if (is_configured(interfaces[i])) {
            esp_netif_ip_info_t info;
            esp_netif_get_ip_info(interfaces[i], &info);
            ESP_LOGI(COMMON_TAG, "Connected to %s", interfaces[i]->description);
            ESP_LOGI(COMMON_TAG, "- IPv4 address: " IPSTR ",", IP2STR(&info.ip));
        }
    }
    return ESP_OK;
}

esp_err_t example_disconnect(void)
{
    for (size_t i = 0; i < INTERFACES; i++) {
        interfaces[i]->is_up = false;
    }
    return ESP_OK;
}

esp_err_t example_configure_stdin_stdout(void) { return ESP_OK; }

esp_netif_t *get_example_netif_from_desc(const char *description)
{
    for (size_t i = 0; i < INTERFACES; i++) {
        if (is_configured(interfaces[i]) && strcmp(interfaces[i]->description, description) == 0) {
            return interfaces[i];
        }
    }
    return NULL;
}
