/* One answer to a GET, behind all redirects. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_http_client.h"
#include "guarded_ota.h"
#include "guarded_progress.h"

#define GUARDED_URL_LIMIT 512

/* What the fields of an answer say; collected while they come. */
typedef struct {
    char location[GUARDED_URL_LIMIT];
    char etag[GUARDED_VALIDATOR_LIMIT];
    char last_modified[GUARDED_VALIDATOR_LIMIT];
    char content_range[64];
    bool is_encoded; /* Content-Encoding says anything but identity */
    bool is_cut;     /* a value was longer than its place */
} guarded_fields_t;

typedef struct {
    const guarded_ota_config_t *config;
    esp_http_client_handle_t client;
    guarded_fields_t fields;
    int status;
    unsigned redirects; /* of this one request */
    int64_t start;      /* place in the file of the body's first byte */
    int64_t total;      /* of the file; 0: not said */
} guarded_response_t;

/* Asks for a file from a byte on. `validator` goes into If-Range; it may be empty with from 0.
 * ESP_OK: an answer with status 200 or 206 whose fields make sense. Whatever it returns,
 * guarded_http_close follows. ESP_ERR_INVALID_RESPONSE: status or fields are not to be worked with. */
esp_err_t guarded_http_get(guarded_response_t *response, const guarded_ota_config_t *config,
                           const char *url, size_t from, const char *validator);
/* > 0: bytes. 0: the body has ended. ESP_ERR_TIMEOUT as a negative number: none came in time. < 0 else: the
 * connection broke. */
int guarded_http_read(guarded_response_t *response, uint8_t *to, size_t count);
void guarded_http_close(guarded_response_t *response);
/* What If-Range takes: a strong entity tag, else a date, else nothing (RFC 9110, section 13.1.5). */
const char *guarded_http_validator(const guarded_response_t *response);
/* Whether another attempt may help. */
bool guarded_http_may_recover(int status);
