#include "nvs_log.h"

#include <stdlib.h>
#include <string.h>

#include "crc32.h"

#define SECTOR 4096u
#define MAGIC 0x3153564Eu /* "NVS1" */

typedef struct {
    uint32_t magic;
    uint32_t generation;
    uint32_t crc;
    uint32_t unused;
} bank_head_t;

static uint32_t bank_size(const nvs_log_t *log)
{
    return log->partition->size / SECTOR / 2 * SECTOR;
}

static uint32_t padded(size_t length) { return (uint32_t)(length + 3) & ~3u; }

static uint32_t record_crc(const nvs_record_t *record)
{
    return crc32_of(0, &record->data_crc, sizeof(*record) - sizeof(record->crc));
}

static esp_err_t read_head(const nvs_log_t *log, uint32_t bank, bool *is_valid, uint32_t *generation)
{
    bank_head_t head;
    esp_err_t error = esp_partition_read(log->partition, bank * bank_size(log), &head, sizeof(head));
    *generation = head.generation;
    *is_valid = error == ESP_OK && head.magic == MAGIC &&
                head.crc == crc32_of(0, &head.generation, sizeof(head.generation));
    return error;
}

static esp_err_t write_head(const nvs_log_t *log)
{
    bank_head_t head = {.magic = MAGIC, .generation = log->generation, .unused = UINT32_MAX};
    head.crc = crc32_of(0, &head.generation, sizeof(head.generation));
    return esp_partition_write(log->partition, log->bank * bank_size(log), &head, sizeof(head));
}

static bool is_blank(const nvs_log_t *log, uint32_t from, uint32_t count)
{
    for (uint32_t offset = from; offset < from + count; offset += 4) {
        uint32_t word;
        if (esp_partition_read(log->partition, offset, &word, 4) != ESP_OK || word != UINT32_MAX) {
            return false;
        }
    }
    return true;
}

/* The first record at or behind a place in the bank, and the place of the one that follows. false: none. */
static bool next_record(const nvs_log_t *log, uint32_t *place, nvs_record_t *record,
                        uint32_t *data)
{
    uint32_t start = log->bank * bank_size(log);
    while (*place + sizeof(*record) <= bank_size(log)) {
        uint32_t at = start + *place;
        if (esp_partition_read(log->partition, at, record, sizeof(*record)) != ESP_OK ||
            is_blank(log, at, sizeof(*record))) {
            return false;
        }
        *place += sizeof(*record);
        uint32_t room = bank_size(log) - *place;
        if (record->crc != record_crc(record) || record->length > room) {
            continue; /* cut off in its head: nothing follows it */
        }
        *data = at + sizeof(*record);
        *place += padded(record->length);
        return true;
    }
    return false;
}

static bool has_whole_data(const nvs_log_t *log, const nvs_record_t *record, uint32_t data)
{
    uint32_t crc = 0;
    uint8_t bytes[256];
    for (uint32_t done = 0; done < record->length;) {
        uint32_t count = record->length - done < sizeof(bytes) ? record->length - done
                                                                : (uint32_t)sizeof(bytes);
        if (esp_partition_read(log->partition, data + done, bytes, count) != ESP_OK) {
            return false;
        }
        crc = crc32_of(crc, bytes, count);
        done += count;
    }
    return crc == record->data_crc;
}

static void find_end(nvs_log_t *log)
{
    nvs_record_t record;
    uint32_t data;
    log->end = sizeof(bank_head_t);
    while (next_record(log, &log->end, &record, &data)) {
    }
}

static esp_err_t erase_bank(const nvs_log_t *log, uint32_t bank)
{
    return esp_partition_erase_range(log->partition, bank * bank_size(log), bank_size(log));
}

esp_err_t nvs_log_open(nvs_log_t *log, const esp_partition_t *partition)
{
    *log = (nvs_log_t){.partition = partition, .end = sizeof(bank_head_t)};
    if (partition->size < 3 * SECTOR) {
        return ESP_ERR_NVS_NO_FREE_PAGES;
    }
    bool is_found = false;
    for (uint32_t bank = 0; bank < 2; bank++) {
        bool is_valid;
        uint32_t generation;
        esp_err_t error = read_head(log, bank, &is_valid, &generation);
        if (error != ESP_OK) {
            return error;
        }
        if (is_valid && (!is_found || generation > log->generation)) {
            log->bank = bank;
            log->generation = generation;
            is_found = true;
        }
    }
    if (is_found) {
        find_end(log);
        return ESP_OK;
    }
    /* A head that was cut off stands on a bank that is blank behind it. */
    uint32_t body = bank_size(log) - (uint32_t)sizeof(bank_head_t);
    if (!is_blank(log, sizeof(bank_head_t), body) ||
        !is_blank(log, bank_size(log) + (uint32_t)sizeof(bank_head_t), body)) {
        return ESP_ERR_NVS_NO_FREE_PAGES;
    }
    if (!is_blank(log, 0, sizeof(bank_head_t))) {
        esp_err_t error = erase_bank(log, 0);
        if (error != ESP_OK) {
            return error;
        }
    }
    log->generation = 1;
    return write_head(log);
}

static bool is_same(const char *one, const char *other)
{
    return strncmp(one, other, NVS_KEY_NAME_MAX_SIZE) == 0;
}

esp_err_t nvs_log_find(const nvs_log_t *log, const char *space, const char *key, uint8_t type,
                       nvs_record_t *record, uint32_t *data)
{
    uint32_t place = sizeof(bank_head_t);
    nvs_record_t next;
    uint32_t next_data;
    bool is_found = false;
    while (next_record(log, &place, &next, &next_data)) {
        if (!is_same(next.space, space)) {
            continue;
        }
        bool is_key = is_same(next.key, key);
        if (next.type == NVS_RECORD_SPACE_ERASED ? type != NVS_RECORD_SPACE
                                                 : next.type == NVS_RECORD_ERASED && is_key) {
            is_found = false;
            continue;
        }
        bool is_value = next.type < NVS_RECORD_SPACE;
        bool is_type = type == NVS_TYPE_ANY ? is_value : next.type == type;
        if (is_key && is_type && has_whole_data(log, &next, next_data)) {
            *record = next;
            *data = next_data;
            is_found = true;
        }
    }
    return is_found ? ESP_OK : ESP_ERR_NVS_NOT_FOUND;
}

/* Writes behind the last record. The head comes first, so that what a cut leaves of the data is skipped. */
static esp_err_t write_record(nvs_log_t *log, const nvs_record_t *record, const void *data)
{
    uint32_t at = log->bank * bank_size(log) + log->end;
    log->end += (uint32_t)sizeof(*record);
    esp_err_t error = esp_partition_write(log->partition, at, record, sizeof(*record));
    if (error != ESP_OK) {
        return error;
    }
    log->end += padded(record->length);
    return record->length == 0
               ? ESP_OK
               : esp_partition_write(log->partition, at + sizeof(*record), data, record->length);
}

static esp_err_t copy_record(const nvs_log_t *from, nvs_log_t *to, const nvs_record_t *record,
                             uint32_t data)
{
    void *bytes = malloc(record->length + 1u);
    if (!bytes) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t error = esp_partition_read(from->partition, data, bytes, record->length);
    if (error == ESP_OK) {
        error = write_record(to, record, bytes);
    }
    free(bytes);
    return error;
}

/* Copies to the other bank what is not to be forgotten. */
static esp_err_t compact(nvs_log_t *log)
{
    nvs_log_t fresh = {.partition = log->partition,
                       .bank = 1 - log->bank,
                       .generation = log->generation + 1,
                       .end = sizeof(bank_head_t)};
    esp_err_t error = erase_bank(&fresh, fresh.bank);
    uint32_t place = sizeof(bank_head_t);
    nvs_record_t record;
    uint32_t data;
    while (error == ESP_OK && next_record(log, &place, &record, &data)) {
        nvs_record_t last;
        uint32_t last_data;
        bool counts = nvs_log_find(log, record.space, record.key, record.type, &last,
                                   &last_data) == ESP_OK &&
                      last_data == data;
        if (counts && record.type <= NVS_RECORD_SPACE) {
            error = copy_record(log, &fresh, &record, data);
        }
    }
    if (error == ESP_OK) {
        error = write_head(&fresh);
    }
    if (error == ESP_OK) {
        *log = fresh;
    }
    return error;
}

esp_err_t nvs_log_append(nvs_log_t *log, const char *space, const char *key, uint8_t type,
                         const void *data, size_t length)
{
    nvs_record_t record = {.type = type, .length = (uint32_t)length};
    strncpy(record.space, space, sizeof(record.space) - 1);
    strncpy(record.key, key, sizeof(record.key) - 1);
    record.data_crc = crc32_of(0, data, length);
    record.crc = record_crc(&record);
    size_t needed = sizeof(record) + padded(length);
    if (needed > bank_size(log) - sizeof(bank_head_t)) {
        return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    }
    if (needed > bank_size(log) - log->end) {
        esp_err_t error = compact(log);
        if (error != ESP_OK) {
            return error;
        }
        if (needed > bank_size(log) - log->end) {
            return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
        }
    }
    return write_record(log, &record, data);
}
