#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_client_internal.h"

bool http_client_append(char **string, const char *from, size_t count)
{
    size_t had = *string ? strlen(*string) : 0;
    char *longer = realloc(*string, had + count + 1);
    if (!longer) {
        return false;
    }
    memcpy(longer + had, from, count);
    longer[had + count] = 0;
    *string = longer;
    return true;
}

bool http_client_assign(char **string, const char *from, size_t count)
{
    char *copy = from ? strndup(from, count) : NULL;
    if (from && !copy) {
        return false;
    }
    free(*string);
    *string = copy;
    return true;
}

static http_client_header_t **find(http_client_header_t **list, const char *key)
{
    while (*list && strcasecmp((*list)->key, key) != 0) {
        list = &(*list)->next;
    }
    return list;
}

char *http_client_header_get(http_client_header_t *list, const char *key)
{
    http_client_header_t *found = *find(&list, key);
    return found ? found->value : NULL;
}

static void remove_at(http_client_header_t **place)
{
    http_client_header_t *gone = *place;
    *place = gone->next;
    free(gone->key);
    free(gone->value);
    free(gone);
}

void http_client_header_delete(http_client_header_t **list, const char *key)
{
    http_client_header_t **place = find(list, key);
    if (*place) {
        remove_at(place);
    }
}

/* A field that is there keeps its place; a new one comes last. */
esp_err_t http_client_header_set(http_client_header_t **list, const char *key, const char *value)
{
    if (!value) {
        http_client_header_delete(list, key);
        return ESP_OK;
    }
    http_client_header_t **place = find(list, key);
    if (!*place) {
        http_client_header_t *made = calloc(1, sizeof(*made));
        if (!made || !http_client_assign(&made->key, key, strlen(key))) {
            free(made);
            return ESP_ERR_NO_MEM;
        }
        *place = made;
    }
    if (!http_client_assign(&(*place)->value, value, strlen(value))) {
        remove_at(place);
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

void http_client_headers_free(http_client_header_t **list)
{
    while (*list) {
        remove_at(list);
    }
}
