/* A station with no radio: it starts, connects and has its address at once, and says so in events. */
#include "esp_wifi.h"

#include <string.h>

#include "netif.h"

ESP_EVENT_DEFINE_BASE(WIFI_EVENT);

static struct {
    bool is_ready;
    bool is_started;
    bool is_connected;
    wifi_mode_t mode;
    wifi_config_t config;
    wifi_ps_type_t power_saving;
} wifi = {.power_saving = WIFI_PS_MIN_MODEM};

static const uint8_t access_point[6] = {0x02, 0, 0, 0, 0, 0x01};

static bool is_station(void) { return wifi.mode == WIFI_MODE_STA || wifi.mode == WIFI_MODE_APSTA; }

static void post(wifi_event_t event, const void *data, size_t size)
{
    esp_event_post(WIFI_EVENT, (int32_t)event, data, size, portMAX_DELAY);
}

static uint8_t ssid_length(void)
{
    return (uint8_t)strnlen((const char *)wifi.config.sta.ssid, sizeof(wifi.config.sta.ssid));
}

esp_netif_t *esp_netif_create_default_wifi_sta(void) { return netif_station(); }

esp_err_t esp_wifi_init(const wifi_init_config_t *config)
{
    if (!config) {
        return ESP_ERR_INVALID_ARG;
    }
    wifi.mode = WIFI_MODE_STA;
    wifi.is_ready = true;
    return ESP_OK;
}

esp_err_t esp_wifi_deinit(void)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    if (wifi.is_started) {
        return ESP_ERR_WIFI_NOT_STOPPED;
    }
    wifi.is_ready = false;
    return ESP_OK;
}

esp_err_t esp_wifi_set_storage(wifi_storage_t storage)
{
    (void)storage;
    return wifi.is_ready ? ESP_OK : ESP_ERR_WIFI_NOT_INIT;
}

esp_err_t esp_wifi_set_mode(wifi_mode_t mode)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    wifi.mode = mode;
    return ESP_OK;
}

esp_err_t esp_wifi_get_mode(wifi_mode_t *mode)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    if (!mode) {
        return ESP_ERR_INVALID_ARG;
    }
    *mode = wifi.mode;
    return ESP_OK;
}

static esp_err_t check_configurable(wifi_interface_t interface, const wifi_config_t *config)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    if (!config) {
        return ESP_ERR_INVALID_ARG;
    }
    return interface == WIFI_IF_STA ? ESP_OK : ESP_ERR_WIFI_IF;
}

esp_err_t esp_wifi_set_config(wifi_interface_t interface, wifi_config_t *config)
{
    esp_err_t error = check_configurable(interface, config);
    if (error == ESP_OK && !is_station()) {
        error = ESP_ERR_WIFI_MODE;
    }
    if (error == ESP_OK) {
        wifi.config = *config;
    }
    return error;
}

esp_err_t esp_wifi_get_config(wifi_interface_t interface, wifi_config_t *config)
{
    esp_err_t error = check_configurable(interface, config);
    if (error == ESP_OK) {
        *config = wifi.config;
    }
    return error;
}

esp_err_t esp_wifi_start(void)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    bool begins = !wifi.is_started && is_station();
    wifi.is_started = true;
    if (begins) {
        post(WIFI_EVENT_STA_START, NULL, 0);
    }
    return ESP_OK;
}

esp_err_t esp_wifi_stop(void)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    esp_wifi_disconnect();
    bool ends = wifi.is_started && is_station();
    wifi.is_started = false;
    if (ends) {
        post(WIFI_EVENT_STA_STOP, NULL, 0);
    }
    return ESP_OK;
}

static esp_err_t check_started(void)
{
    if (!wifi.is_ready) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    return wifi.is_started ? ESP_OK : ESP_ERR_WIFI_NOT_STARTED;
}

esp_err_t esp_wifi_connect(void)
{
    esp_err_t error = check_started();
    if (error != ESP_OK) {
        return error;
    }
    if (!is_station()) {
        return ESP_ERR_WIFI_MODE;
    }
    if (ssid_length() == 0) {
        return ESP_ERR_WIFI_SSID;
    }
    if (wifi.is_connected) {
        return ESP_OK;
    }
    wifi.is_connected = true;
    netif_set_up(netif_station(), true);
    wifi_event_sta_connected_t event = {.ssid_len = ssid_length(),
                                        .channel = 1,
                                        .authmode = wifi.config.sta.threshold.authmode};
    memcpy(event.ssid, wifi.config.sta.ssid, sizeof(event.ssid));
    memcpy(event.bssid, access_point, sizeof(event.bssid));
    post(WIFI_EVENT_STA_CONNECTED, &event, sizeof(event));
    netif_post_address(netif_station());
    return ESP_OK;
}

esp_err_t esp_wifi_disconnect(void)
{
    esp_err_t error = check_started();
    if (error != ESP_OK || !wifi.is_connected) {
        return error;
    }
    wifi.is_connected = false;
    netif_set_up(netif_station(), false);
    wifi_event_sta_disconnected_t event = {.ssid_len = ssid_length(),
                                           .reason = WIFI_REASON_ASSOC_LEAVE};
    memcpy(event.ssid, wifi.config.sta.ssid, sizeof(event.ssid));
    memcpy(event.bssid, access_point, sizeof(event.bssid));
    post(WIFI_EVENT_STA_DISCONNECTED, &event, sizeof(event));
    return ESP_OK;
}

esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *record)
{
    if (!record) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!wifi.is_connected) {
        return ESP_ERR_WIFI_NOT_CONNECT;
    }
    *record = (wifi_ap_record_t){.primary = 1,
                                 .rssi = -40,
                                 .authmode = wifi.config.sta.threshold.authmode};
    memcpy(record->bssid, access_point, sizeof(record->bssid));
    memcpy(record->ssid, wifi.config.sta.ssid, sizeof(wifi.config.sta.ssid));
    return ESP_OK;
}

esp_err_t esp_wifi_set_ps(wifi_ps_type_t type)
{
    wifi.power_saving = type;
    return ESP_OK;
}

esp_err_t esp_wifi_get_ps(wifi_ps_type_t *type)
{
    if (!type) {
        return ESP_ERR_INVALID_ARG;
    }
    *type = wifi.power_saving;
    return ESP_OK;
}
