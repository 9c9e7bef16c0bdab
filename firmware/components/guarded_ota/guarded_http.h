/* One answer to a GET, behind all redirects. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_http_client.h"
#include "guarded_ota.h"
#include "guarded_progress.h"

#define GUARDED_URL_LIMIT 1024

/* What the fields of an answer say; collected while they come. */
typedef struct {
    char location[GUARDED_URL_LIMIT];
    char etag[GUARDED_VALIDATOR_LIMIT];
    char last_modified[GUARDED_VALIDATOR_LIMIT];
    char content_range[64];
    bool has_length;
    bool has_coding; /* Transfer-Encoding: chunks, in all likelihood */
    bool is_encoded; /* Content-Encoding says anything but identity */
    bool is_cut;     /* a Location was longer than its place */
} guarded_fields_t;

typedef struct {
    const guarded_ota_config_t *config;
    int64_t deadline; /* of the whole update, in microseconds of esp_timer */
    const char *url;
    size_t from;           /* the first byte that is wanted */
    const char *validator; /* for If-Range, if `from` is not 0; may be empty */
} guarded_request_t;

typedef struct {
    guarded_request_t request;
    esp_http_client_handle_t client;
    char url[GUARDED_URL_LIMIT]; /* behind the redirects so far */
    guarded_fields_t fields;
    bool is_connected;
    int status;         /* 0: none has come */
    unsigned redirects; /* of this one request */
    int64_t start;      /* place in the file of the body's first byte */
    int64_t total;      /* of the file; 0: not said */
    esp_err_t failure;  /* what esp-tls says of a connection; 0: nothing */
    /* After an error: */
    bool may_recover; /* another attempt may help */
    bool has_no_rest; /* the server does not have the file from that byte on */
} guarded_response_t;

/* Asks for a file, or the rest of it. ESP_OK: an answer with status 200 or 206 whose fields make
 * sense. Whatever it returns, guarded_http_close follows. ESP_ERR_INVALID_RESPONSE: status or
 * fields are not to be worked with. */
esp_err_t guarded_http_get(guarded_response_t *response, const guarded_request_t *request);
/* > 0: bytes. 0: the body has ended. ESP_ERR_TIMEOUT as a negative number: none came in time. < 0
 * else: the connection broke. */
int guarded_http_read(guarded_response_t *response, uint8_t *to, size_t count);
void guarded_http_close(guarded_response_t *response);
/* Whether the answer says where its body ends. */
bool guarded_http_has_end(const guarded_response_t *response);
/* What If-Range takes: a strong entity tag, else a date, else nothing (RFC 9110, section
 * 13.1.5). */
const char *guarded_http_validator(const guarded_response_t *response);
