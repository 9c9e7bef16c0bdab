#include "esp_partition.h"

#include <stdlib.h>
#include <string.h>

#include "board/flash.h"
#include "board/partition_table.h"
#include "bootloader_common.h"
#include "partition_list.h"

/* The board's partitions; they stay where they are, so that pointers to them do not go stale. */
static esp_partition_t partitions[ESP_PARTITION_TABLE_MAX_ENTRIES];
static int partition_count;

struct esp_partition_iterator_opaque_ {
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    const char *label; /* a copy, or NULL */
    int index;
};

void partition_list_make(void)
{
    const esp_partition_info_t *rows = partition_table_rows(&partition_count);
    memset(partitions, 0, sizeof(partitions));
    for (int index = 0; index < partition_count; index++) {
        const esp_partition_info_t *row = &rows[index];
        esp_partition_t *partition = &partitions[index];
        partition->type = (esp_partition_type_t)row->type;
        partition->subtype = (esp_partition_subtype_t)row->subtype;
        partition->address = row->pos.offset;
        partition->size = row->pos.size;
        partition->erase_size = FLASH_SECTOR;
        memcpy(partition->label, row->label, sizeof(row->label));
        partition->encrypted = (row->flags & PART_FLAG_ENCRYPTED) != 0;
        partition->readonly = (row->flags & PART_FLAG_READONLY) != 0;
    }
}

static bool is_wanted(const esp_partition_t *partition, esp_partition_type_t type,
                      esp_partition_subtype_t subtype, const char *label)
{
    return (type == ESP_PARTITION_TYPE_ANY || partition->type == type)
        && (subtype == ESP_PARTITION_SUBTYPE_ANY || partition->subtype == subtype)
        && (!label || strcmp(partition->label, label) == 0);
}

/* -1: there is none from that place on. */
static int find_from(int index, esp_partition_type_t type, esp_partition_subtype_t subtype,
                     const char *label)
{
    /* A subtype means nothing without its type. */
    if (type == ESP_PARTITION_TYPE_ANY && subtype != ESP_PARTITION_SUBTYPE_ANY) {
        return -1;
    }
    for (; index < partition_count; index++) {
        if (is_wanted(&partitions[index], type, subtype, label)) {
            return index;
        }
    }
    return -1;
}

esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label)
{
    int index = find_from(0, type, subtype, label);
    if (index < 0) {
        return NULL;
    }
    size_t label_size = label ? strlen(label) + 1 : 0;
    struct esp_partition_iterator_opaque_ *iterator = malloc(sizeof(*iterator) + label_size);
    if (!iterator) {
        return NULL;
    }
    iterator->type = type;
    iterator->subtype = subtype;
    iterator->label = label ? memcpy(iterator + 1, label, label_size) : NULL;
    iterator->index = index;
    return iterator;
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype,
                                                const char *label)
{
    int index = find_from(0, type, subtype, label);
    return index < 0 ? NULL : &partitions[index];
}

const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator)
{
    return iterator ? &partitions[iterator->index] : NULL;
}

esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator)
{
    if (!iterator) {
        return NULL;
    }
    iterator->index
        = find_from(iterator->index + 1, iterator->type, iterator->subtype, iterator->label);
    if (iterator->index < 0) {
        free(iterator);
        return NULL;
    }
    return iterator;
}

void esp_partition_iterator_release(esp_partition_iterator_t iterator) { free(iterator); }

const esp_partition_t *esp_partition_verify(const esp_partition_t *partition)
{
    for (int index = 0; partition && index < partition_count; index++) {
        const esp_partition_t *known = &partitions[index];
        if (known->type == partition->type && known->subtype == partition->subtype
            && known->address == partition->address && known->size == partition->size
            && strcmp(known->label, partition->label) == 0) {
            return known;
        }
    }
    return NULL;
}

static esp_err_t check_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (!partition || offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    return size <= partition->size - offset ? ESP_OK : ESP_ERR_INVALID_SIZE;
}

static esp_err_t check_change(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (partition && partition->readonly) {
        return ESP_ERR_NOT_ALLOWED;
    }
    return check_range(partition, offset, size);
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t offset, void *to, size_t size)
{
    esp_err_t error = to ? check_range(partition, offset, size) : ESP_ERR_INVALID_ARG;
    return error == ESP_OK ? flash_read(partition->address + (uint32_t)offset, to, size) : error;
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t offset, const void *from,
                              size_t size)
{
    esp_err_t error = from ? check_change(partition, offset, size) : ESP_ERR_INVALID_ARG;
    return error == ESP_OK ? flash_program(partition->address + (uint32_t)offset, from, size)
                           : error;
}

esp_err_t esp_partition_read_raw(const esp_partition_t *partition, size_t offset, void *to,
                                 size_t size)
{
    return esp_partition_read(partition, offset, to, size);
}

esp_err_t esp_partition_write_raw(const esp_partition_t *partition, size_t offset,
                                  const void *from, size_t size)
{
    return esp_partition_write(partition, offset, from, size);
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    esp_err_t error = check_change(partition, offset, size);
    if (error != ESP_OK) {
        return error;
    }
    if (size % partition->erase_size != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (offset % partition->erase_size != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    return flash_erase(partition->address + (uint32_t)offset, size);
}

/* The whole flash is memory already, so a handle stands for nothing. */
esp_err_t esp_partition_mmap(const esp_partition_t *partition, size_t offset, size_t size,
                             esp_partition_mmap_memory_t memory, const void **pointer,
                             esp_partition_mmap_handle_t *handle)
{
    (void)memory;
    esp_err_t error
        = pointer && handle ? check_range(partition, offset, size) : ESP_ERR_INVALID_ARG;
    if (error != ESP_OK) {
        return error;
    }
    *pointer = flash_map(partition->address + (uint32_t)offset, size);
    *handle = 1;
    return *pointer ? ESP_OK : ESP_ERR_INVALID_SIZE;
}

void esp_partition_munmap(esp_partition_mmap_handle_t handle) { (void)handle; }

esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t *sha_256)
{
    if (!partition || !sha_256) {
        return ESP_ERR_INVALID_ARG;
    }
    return bootloader_common_get_sha256_of_partition(partition->address, partition->size,
                                                     (int)partition->type, sha_256);
}

bool esp_partition_check_identity(const esp_partition_t *first, const esp_partition_t *second)
{
    uint8_t digests[2][32];
    return esp_partition_get_sha256(first, digests[0]) == ESP_OK
        && esp_partition_get_sha256(second, digests[1]) == ESP_OK
        && memcmp(digests[0], digests[1], sizeof(digests[0])) == 0;
}
