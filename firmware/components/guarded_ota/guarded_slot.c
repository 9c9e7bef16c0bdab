#include "guarded_slot.h"

#include <string.h>

#include "mbedtls/md.h"

void guarded_slot_begin(guarded_slot_t *writer, const esp_partition_t *slot)
{
    writer->slot = slot;
    writer->received = 0;
}

/* Whether the slot's first sector is erased, as far as a header reaches. Raw: it may be
 * encrypted. */
static bool is_unusable(const esp_partition_t *slot)
{
    uint8_t bytes[32];
    if (esp_partition_read_raw(slot, 0, bytes, sizeof(bytes)) != ESP_OK) {
        return false;
    }
    for (size_t at = 0; at < sizeof(bytes); at++) {
        if (bytes[at] != 0xFF) {
            return false;
        }
    }
    return true;
}

esp_err_t guarded_slot_resume(guarded_slot_t *writer, const esp_partition_t *slot, size_t received)
{
    if (received < GUARDED_SECTOR || received % GUARDED_SECTOR != 0 || received > slot->size) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!is_unusable(slot)) {
        return ESP_ERR_INVALID_STATE;
    }
    writer->slot = slot;
    writer->received = received;
    return ESP_OK;
}

static esp_err_t write_sector(const guarded_slot_t *writer, size_t offset)
{
    esp_err_t error = esp_partition_erase_range(writer->slot, offset, GUARDED_SECTOR);
    if (error != ESP_OK) {
        return error;
    }
    return esp_partition_write(writer->slot, offset, writer->sector, GUARDED_SECTOR);
}

/* The first sector is kept in memory, and what the slot held is unusable from now on. */
static esp_err_t keep_first(guarded_slot_t *writer)
{
    memcpy(writer->first, writer->sector, GUARDED_SECTOR);
    return guarded_slot_discard(writer);
}

/* Puts a whole sector where it belongs. */
static esp_err_t keep_sector(guarded_slot_t *writer)
{
    size_t offset = writer->received - GUARDED_SECTOR;
    return offset == 0 ? keep_first(writer) : write_sector(writer, offset);
}

esp_err_t guarded_slot_write(guarded_slot_t *writer, const uint8_t *bytes, size_t count)
{
    if (count > writer->slot->size - writer->received) {
        return ESP_ERR_INVALID_SIZE;
    }
    while (count > 0) {
        size_t place = writer->received % GUARDED_SECTOR;
        size_t room = GUARDED_SECTOR - place;
        size_t taken = count < room ? count : room;
        memcpy(writer->sector + place, bytes, taken);
        writer->received += taken;
        bytes += taken;
        count -= taken;
        if (writer->received % GUARDED_SECTOR == 0) {
            esp_err_t error = keep_sector(writer);
            if (error != ESP_OK) {
                return error;
            }
        }
    }
    return ESP_OK;
}

size_t guarded_slot_kept(const guarded_slot_t *writer)
{
    return writer->received / GUARDED_SECTOR * GUARDED_SECTOR;
}

esp_err_t guarded_slot_flush(guarded_slot_t *writer)
{
    size_t rest = writer->received % GUARDED_SECTOR;
    if (rest == 0) {
        return ESP_OK;
    }
    memset(writer->sector + rest, 0xFF, GUARDED_SECTOR - rest);
    if (writer->received < GUARDED_SECTOR) {
        return keep_first(writer);
    }
    return write_sector(writer, writer->received - rest);
}

esp_err_t guarded_slot_read(const guarded_slot_t *writer, size_t offset, uint8_t *to, size_t count)
{
    if (offset < GUARDED_SECTOR) {
        size_t left = GUARDED_SECTOR - offset;
        size_t part = count < left ? count : left;
        memcpy(to, writer->first + offset, part);
        offset += part;
        to += part;
        count -= part;
    }
    return count == 0 ? ESP_OK : esp_partition_read(writer->slot, offset, to, count);
}

static esp_err_t hash_slot(const guarded_slot_t *writer, size_t count, mbedtls_md_context_t *hash)
{
    uint8_t buffer[512];
    for (size_t offset = 0; offset < count;) {
        size_t part = count - offset < sizeof(buffer) ? count - offset : sizeof(buffer);
        esp_err_t error = guarded_slot_read(writer, offset, buffer, part);
        if (error != ESP_OK) {
            return error;
        }
        if (mbedtls_md_update(hash, buffer, part) != 0) {
            return ESP_FAIL;
        }
        offset += part;
    }
    return ESP_OK;
}

esp_err_t guarded_slot_sha256(const guarded_slot_t *writer, size_t count, uint8_t digest[32])
{
    mbedtls_md_context_t hash;
    mbedtls_md_init(&hash);
    esp_err_t error = ESP_ERR_NO_MEM;
    if (mbedtls_md_setup(&hash, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0) == 0 &&
        mbedtls_md_starts(&hash) == 0) {
        error = hash_slot(writer, count, &hash);
    }
    if (error == ESP_OK && mbedtls_md_finish(&hash, digest) != 0) {
        error = ESP_FAIL;
    }
    mbedtls_md_free(&hash);
    return error;
}

esp_err_t guarded_slot_commit(guarded_slot_t *writer)
{
    /* Erased when the download began; erased again, as a cut may have left a part of it. */
    esp_err_t error = esp_partition_erase_range(writer->slot, 0, GUARDED_SECTOR);
    if (error != ESP_OK) {
        return error;
    }
    return esp_partition_write(writer->slot, 0, writer->first, GUARDED_SECTOR);
}

esp_err_t guarded_slot_discard(const guarded_slot_t *writer)
{
    return esp_partition_erase_range(writer->slot, 0, GUARDED_SECTOR);
}
