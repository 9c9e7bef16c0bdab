/* What the two halves of esp_https_ota share: the connection, and the steps. */
#pragma once

#include "esp_https_ota.h"
#include "esp_ota_ops.h"

/* The image's head and app descriptor, and room for what an app puts behind them. */
#define HTTPS_OTA_HEADER_SIZE 1024

typedef enum {
    HTTPS_OTA_INIT,
    HTTPS_OTA_BEGIN,
    HTTPS_OTA_IN_PROGRESS,
    HTTPS_OTA_SUCCESS,
} https_ota_state_t;

typedef struct {
    https_ota_state_t state;
    esp_http_client_handle_t client;
    const esp_partition_t *slot;
    esp_ota_handle_t update;
    char *buffer;
    size_t buffer_size;
    int written;      /* bytes; before the first perform: bytes that wait in the buffer */
    int image_length; /* by the server's word; -1: it gave none */
    int retries;      /* of authorization, that are left */
    bool bulk_erase;
    bool is_partial;
    int most; /* bytes of a range */
} https_ota_t;

/* Opens, sends and reads the head until a response is no redirect and no challenge: there is no limit to
 * redirects. */
esp_err_t https_ota_connect(https_ota_t *ota);
/* Asks for the size with HEAD, and prepares the first range. */
esp_err_t https_ota_ask_for_size(https_ota_t *ota);
/* Asks for the next range on a new connection. */
esp_err_t https_ota_next_range(https_ota_t *ota);
void https_ota_disconnect(https_ota_t *ota);
