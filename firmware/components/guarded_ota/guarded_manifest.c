#include "guarded_manifest.h"

#include <string.h>

static int digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

static bool read_sha256(const char *text, size_t count, guarded_manifest_t *manifest)
{
    if (count != 64 || manifest->has_sha256) {
        return false;
    }
    for (size_t at = 0; at < 32; at++) {
        int high = digit(text[2 * at]);
        int low = digit(text[2 * at + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        manifest->sha256[at] = (uint8_t)(high << 4 | low);
    }
    manifest->has_sha256 = true;
    return true;
}

static bool read_size(const char *text, size_t count, guarded_manifest_t *manifest)
{
    size_t size = 0;
    if (count == 0 || count > 9 || manifest->size != 0) {
        return false;
    }
    for (size_t at = 0; at < count; at++) {
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        size = size * 10 + (size_t)(text[at] - '0');
    }
    manifest->size = size;
    return size > 0;
}

static bool read_version(const char *text, size_t count, guarded_manifest_t *manifest)
{
    if (count == 0 || count >= sizeof(manifest->version) || manifest->version[0] != 0) {
        return false;
    }
    memcpy(manifest->version, text, count);
    return true;
}

static bool is_key(const char *line, size_t count, const char *key)
{
    return strlen(key) == count && memcmp(line, key, count) == 0;
}

static bool read_line(const char *line, size_t count, guarded_manifest_t *manifest)
{
    const char *equals = memchr(line, '=', count);
    if (count == 0 || line[0] == '#' || equals == NULL) {
        return count == 0 || line[0] == '#';
    }
    size_t key = (size_t)(equals - line);
    const char *value = equals + 1;
    size_t rest = count - key - 1;
    if (is_key(line, key, "sha256")) {
        return read_sha256(value, rest, manifest);
    }
    if (is_key(line, key, "size")) {
        return read_size(value, rest, manifest);
    }
    return is_key(line, key, "version") ? read_version(value, rest, manifest) : true;
}

esp_err_t guarded_manifest_read(const char *text, size_t count, guarded_manifest_t *manifest)
{
    memset(manifest, 0, sizeof(*manifest));
    size_t start = 0;
    while (start < count) {
        const char *feed = memchr(text + start, '\n', count - start);
        size_t end = feed == NULL ? count : (size_t)(feed - text);
        size_t length = end - start;
        if (length > 0 && text[start + length - 1] == '\r') {
            length--;
        }
        if (!read_line(text + start, length, manifest)) {
            return ESP_ERR_INVALID_RESPONSE;
        }
        start = end + 1;
    }
    return manifest->has_sha256 ? ESP_OK : ESP_ERR_INVALID_RESPONSE;
}
