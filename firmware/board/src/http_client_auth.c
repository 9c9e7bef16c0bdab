#define _GNU_SOURCE
#include <mbedtls/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/board.h"
#include "esp_log.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG

/* RFC 7617, 2: the base64 of user, colon and password. */
static char *basic_credentials(const char *username, const char *password)
{
    char *plain = NULL;
    int length = asprintf(&plain, "%s:%s", username, password);
    if (length < 0) {
        return NULL;
    }
    size_t size = 4 * ((size_t)length / 3 + 1) + 1;
    size_t written = 0;
    char *text = malloc(6 + size);
    if (text) {
        memcpy(text, "Basic ", 6);
        if (mbedtls_base64_encode((unsigned char *)text + 6, size, &written,
                                  (const unsigned char *)plain, (size_t)length) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(plain);
    return text;
}

/* The same credentials go to whatever host is asked, also behind a redirect. */
void http_client_set_authorization(esp_http_client_handle_t client)
{
    if (!board.basic_auth || client->config.auth_type != HTTP_AUTH_TYPE_BASIC ||
        !client->username || !client->password) {
        return;
    }
    char *credentials = basic_credentials(client->username, client->password);
    if (!credentials ||
        esp_http_client_set_header(client, "Authorization", credentials) != ESP_OK) {
        ESP_LOGE(TAG, "Failed to set Authorization");
    }
    free(credentials);
}

static bool can_answer(const char *challenge)
{
    return board.basic_auth && strncasecmp(challenge, "Basic", 5) == 0;
}

void esp_http_client_add_auth(esp_http_client_handle_t client)
{
    if (!client || client->state != HTTP_CLIENT_DATA) {
        return;
    }
    if (client->redirections >= client->config.max_authorization_retries) {
        ESP_LOGE(TAG, "Error, reached max_authorization_retries count=%d", client->redirections);
        return;
    }
    const char *challenge = client->response.challenge;
    if (!challenge) {
        client->config.auth_type = HTTP_AUTH_TYPE_NONE;
        ESP_LOGW(TAG, "This request requires authentication, but does not provide header "
                      "information for that");
        return;
    }
    client->redirections++;
    if (!can_answer(challenge)) {
        client->config.auth_type = HTTP_AUTH_TYPE_NONE;
        ESP_LOGE(TAG, "This authentication method is not supported: %s", challenge);
        return;
    }
    client->config.auth_type = HTTP_AUTH_TYPE_BASIC;
    client->is_again = true;
}
