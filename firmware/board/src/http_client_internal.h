/* What the files of the HTTP client share. */
#pragma once

#include <http_parser.h>

#include "board/tls.h"
#include "esp_http_client.h"

#define HTTP_CLIENT_TAG "HTTP_CLIENT"

typedef enum {
    HTTP_CLIENT_NEW,
    HTTP_CLIENT_INIT,
    HTTP_CLIENT_CONNECTED,
    HTTP_CLIENT_HEADERS_SENT,
    HTTP_CLIENT_REQUEST_SENT,
    HTTP_CLIENT_HEADERS_CAME,
    HTTP_CLIENT_DATA,
} http_client_state_t;

/* Fields in the order in which they were first set. */
typedef struct http_client_header {
    struct http_client_header *next;
    char *key;
    char *value;
} http_client_header_t;

/* Body bytes that came with the headers and nobody has asked for yet. */
typedef struct {
    char *bytes;
    size_t offset;
    size_t count;
} http_client_rest_t;

typedef struct {
    http_parser parser;
    int status;
    int64_t content_length; /* -1: none */
    int64_t received;       /* of the body */
    int chunk_length;
    bool is_chunked; /* or without a length */
    bool is_complete;
    char *key; /* of the header that is coming */
    char *value;
    char *location;
    char *challenge; /* WWW-Authenticate */
    http_client_rest_t rest;
    char *output; /* where the body goes; NULL: to the rest, if keeps_rest */
    bool keeps_rest;
} http_client_response_t;

struct esp_http_client {
    esp_http_client_config_t config; /* its pointers are the application's */
    http_client_state_t state;
    transport_t *transport;
    char *scheme;
    char *host;
    int port;
    char *path;
    char *query;
    char *username;
    char *password;
    http_client_header_t *headers;
    char *post_data; /* the application's */
    int post_length;
    int write_length; /* announced: -1 in chunks */
    char *buffer;     /* buffer_size bytes */
    int redirections; /* and authorizations */
    bool is_again;    /* perform: another request follows */
    int error_number;
    esp_tls_last_error_t failure; /* of the connection; what events of errors point to */
    http_client_response_t response;
};

esp_err_t http_client_header_set(http_client_header_t **list, const char *key, const char *value);
char *http_client_header_get(http_client_header_t *list, const char *key);
void http_client_header_delete(http_client_header_t **list, const char *key);
void http_client_headers_free(http_client_header_t **list);

/* Replaces a string by a copy of `count` bytes, or by none for NULL. False: no memory. */
bool http_client_assign(char **string, const char *from, size_t count);
bool http_client_append(char **string, const char *from, size_t count);

void http_client_dispatch(esp_http_client_handle_t client, esp_http_client_event_id_t event,
                          void *data, int count);
bool http_client_is_tls(const struct esp_http_client *client);
void http_client_set_authorization(esp_http_client_handle_t client);

/* A new request: a parser that has seen nothing. */
void http_client_response_begin(esp_http_client_handle_t client);
void http_client_response_parse(esp_http_client_handle_t client, size_t count);
void http_client_response_free(http_client_response_t *response);
/* Receives once, for the event handler. As transport_read. */
int http_client_receive(esp_http_client_handle_t client);

esp_err_t http_client_connect(esp_http_client_handle_t client);
esp_err_t http_client_send_request(esp_http_client_handle_t client);
