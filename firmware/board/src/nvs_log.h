/* How values stand in flash. The format is the board's own, not ESP-IDF's: only the behaviour is, and a chip
 * cannot read it.
 *
 * The partition is two banks of whole sectors. A bank is a head (a magic word, its generation, their CRC) and
 * records, one after another; a newer record replaces an older one of its namespace, key and type. The bank
 * with the higher generation counts. When it is full, what is still valid is copied to the other bank, whose
 * head is written last. So a power cut at any operation leaves each value as it was or as it was to be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_partition.h"
#include "nvs.h"

typedef struct {
    uint32_t crc; /* of all that follows in the record's head */
    uint32_t data_crc;
    uint32_t length; /* of the data, which follows and is padded to 4 bytes */
    uint8_t type;    /* nvs_type_t or one of these */
    uint8_t zero[3];
    char space[NVS_NS_NAME_MAX_SIZE];
    char key[NVS_KEY_NAME_MAX_SIZE];
} nvs_record_t;

enum {
    NVS_RECORD_SPACE = 0xF0,        /* the namespace exists */
    NVS_RECORD_ERASED = 0xF1,       /* no value of the key, of any type */
    NVS_RECORD_SPACE_ERASED = 0xF2, /* no value in the namespace */
};

typedef struct {
    const esp_partition_t *partition;
    uint32_t bank; /* which of the two */
    uint32_t generation;
    uint32_t end; /* where the next record goes, in the bank */
} nvs_log_t;

/* Finds the bank that counts, or makes one on a blank partition. ESP_ERR_NVS_NO_FREE_PAGES. */
esp_err_t nvs_log_open(nvs_log_t *log, const esp_partition_t *partition);

/* The record that counts for a key; of any type with NVS_TYPE_ANY. Where its data is: from the partition's
 * start. ESP_ERR_NVS_NOT_FOUND. */
esp_err_t nvs_log_find(const nvs_log_t *log, const char *space, const char *key, uint8_t type,
                       nvs_record_t *record, uint32_t *data);
/* ESP_ERR_NVS_NOT_ENOUGH_SPACE: not even in a fresh bank. */
esp_err_t nvs_log_append(nvs_log_t *log, const char *space, const char *key, uint8_t type,
                         const void *data, size_t length);
