/* The API of non-volatile storage. Its partitions and handles are the process's own, as a chip's are. */
#include "nvs.h"
#include "board/defect.h"

#include <pthread.h>
#include <string.h>

#include "nvs_flash.h"
#include "nvs_log.h"

#define PARTITIONS 4
#define HANDLES 32
#define LONGEST_STRING 4000

typedef struct {
    nvs_log_t *log; /* NULL: closed */
    bool is_read_only;
    char space[NVS_NS_NAME_MAX_SIZE];
} open_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static nvs_log_t logs[PARTITIONS]; /* without a partition: not in use */
static open_t opens[HANDLES];

static nvs_log_t *log_of(const char *label)
{
    for (int i = 0; i < PARTITIONS; i++) {
        if (logs[i].partition && strcmp(logs[i].partition->label, label) == 0) {
            return &logs[i];
        }
    }
    return NULL;
}

static const esp_partition_t *partition_of(const char *label)
{
    return esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, label);
}

static esp_err_t init(const char *label)
{
    const esp_partition_t *partition = partition_of(label);
    if (!partition) {
        return ESP_ERR_NOT_FOUND;
    }
    if (log_of(label)) {
        return ESP_OK;
    }
    for (int i = 0; i < PARTITIONS; i++) {
        if (!logs[i].partition) {
            nvs_log_t log;
            esp_err_t error = nvs_log_open(&log, partition);
            if (error == ESP_OK) {
                logs[i] = log;
            }
            return error;
        }
    }
    return ESP_ERR_NO_MEM;
}

static esp_err_t deinit(const char *label)
{
    nvs_log_t *log = log_of(label);
    if (!log) {
        return ESP_ERR_NVS_NOT_INITIALIZED;
    }
    for (int i = 0; i < HANDLES; i++) {
        if (opens[i].log == log) {
            opens[i].log = NULL;
        }
    }
    log->partition = NULL;
    return ESP_OK;
}

esp_err_t nvs_flash_init_partition(const char *label)
{
    pthread_mutex_lock(&lock);
    esp_err_t error = init(label);
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_flash_deinit_partition(const char *label)
{
    pthread_mutex_lock(&lock);
    esp_err_t error = deinit(label);
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_flash_erase_partition(const char *label)
{
    pthread_mutex_lock(&lock);
    deinit(label);
    const esp_partition_t *partition = partition_of(label);
    esp_err_t error = partition ? esp_partition_erase_range(partition, 0, partition->size)
                                : ESP_ERR_NOT_FOUND;
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_flash_init(void) { return nvs_flash_init_partition(NVS_DEFAULT_PART_NAME); }

esp_err_t nvs_flash_deinit(void) { return nvs_flash_deinit_partition(NVS_DEFAULT_PART_NAME); }

esp_err_t nvs_flash_erase(void) { return nvs_flash_erase_partition(NVS_DEFAULT_PART_NAME); }

/* A namespace is there once it was opened to be written to. */
static esp_err_t open_space(nvs_log_t *log, const char *space, nvs_open_mode_t mode)
{
    nvs_record_t record;
    uint32_t data;
    esp_err_t error = nvs_log_find(log, space, "", NVS_RECORD_SPACE, &record, &data);
    if (error == ESP_ERR_NVS_NOT_FOUND && mode == NVS_READWRITE) {
        return nvs_log_append(log, space, "", NVS_RECORD_SPACE, NULL, 0);
    }
    return error;
}

static esp_err_t open_handle(const char *label, const char *space, nvs_open_mode_t mode,
                             nvs_handle_t *handle)
{
    nvs_log_t *log = log_of(label);
    if (!log) {
        return partition_of(label) ? ESP_ERR_NVS_NOT_INITIALIZED : ESP_ERR_NVS_PART_NOT_FOUND;
    }
    if (!space || !handle || space[0] == 0 || strlen(space) >= NVS_NS_NAME_MAX_SIZE) {
        return ESP_ERR_NVS_INVALID_NAME;
    }
    for (nvs_handle_t i = 0; i < HANDLES; i++) {
        if (!opens[i].log) {
            esp_err_t error = open_space(log, space, mode);
            if (error == ESP_OK) {
                opens[i] = (open_t){.log = log, .is_read_only = mode == NVS_READONLY};
                strcpy(opens[i].space, space);
                *handle = i + 1;
            }
            return error;
        }
    }
    return ESP_ERR_NO_MEM;
}

esp_err_t nvs_open_from_partition(const char *part_name, const char *namespace_name,
                                  nvs_open_mode_t mode, nvs_handle_t *handle)
{
    pthread_mutex_lock(&lock);
    esp_err_t error = open_handle(part_name, namespace_name, mode, handle);
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t mode, nvs_handle_t *handle)
{
    return nvs_open_from_partition(NVS_DEFAULT_PART_NAME, namespace_name, mode, handle);
}

static open_t *opened(nvs_handle_t handle)
{
    return handle >= 1 && handle <= HANDLES && opens[handle - 1].log ? &opens[handle - 1] : NULL;
}

void nvs_close(nvs_handle_t handle)
{
    pthread_mutex_lock(&lock);
    if (opened(handle)) {
        opens[handle - 1].log = NULL;
    }
    pthread_mutex_unlock(&lock);
}

static esp_err_t check(const open_t *open, const char *key, bool writes)
{
    if (!open) {
        return ESP_ERR_NVS_INVALID_HANDLE;
    }
    if (writes && open->is_read_only) {
        return ESP_ERR_NVS_READ_ONLY;
    }
    if (!key || key[0] == 0) {
        return ESP_ERR_NVS_INVALID_NAME;
    }
    return strlen(key) >= NVS_KEY_NAME_MAX_SIZE ? ESP_ERR_NVS_KEY_TOO_LONG : ESP_OK;
}

/* Whether a value stands there already: it is not written again, as the real one does not. */
static bool is_stored(const open_t *open, const nvs_record_t *wanted, uint32_t data,
                      const void *value)
{
    const uint8_t *bytes = value;
    for (uint32_t i = 0; i < wanted->length; i++) {
        uint8_t byte;
        if (esp_partition_read(open->log->partition, data + i, &byte, 1) != ESP_OK ||
            byte != bytes[i]) {
            return false;
        }
    }
    return true;
}

static esp_err_t set(nvs_handle_t handle, const char *key, uint8_t type, const void *value,
                     size_t length)
{
    pthread_mutex_lock(&lock);
    open_t *open = opened(handle);
    esp_err_t error = check(open, key, true);
    nvs_record_t record;
    uint32_t data;
    if (error == ESP_OK) {
        bool is_there = nvs_log_find(open->log, open->space, key, type, &record, &data) == ESP_OK;
        if (!is_there || record.length != length || !is_stored(open, &record, data, value)) {
            error = nvs_log_append(open->log, open->space, key, type, value, length);
        }
    }
    pthread_mutex_unlock(&lock);
    return error;
}

/* With value NULL only the length. */
static esp_err_t get(nvs_handle_t handle, const char *key, uint8_t type, void *value,
                     size_t *length)
{
    pthread_mutex_lock(&lock);
    open_t *open = opened(handle);
    esp_err_t error = check(open, key, false);
    nvs_record_t record;
    uint32_t data;
    if (error == ESP_OK) {
        error = has_defect(DEFECT_FORGETS_HISTORY)
                    ? ESP_ERR_NVS_NOT_FOUND
                    : nvs_log_find(open->log, open->space, key, type, &record, &data);
    }
    if (error == ESP_OK) {
        size_t room = *length;
        *length = record.length;
        if (value && room < record.length) {
            error = ESP_ERR_NVS_INVALID_LENGTH;
        } else if (value) {
            error = esp_partition_read(open->log->partition, data, value, record.length);
        }
    }
    pthread_mutex_unlock(&lock);
    return error;
}

#define NUMBER(name, ctype, nvs_type)                                                              \
    esp_err_t nvs_set_##name(nvs_handle_t handle, const char *key, ctype value)                    \
    {                                                                                              \
        return set(handle, key, nvs_type, &value, sizeof(value));                                  \
    }                                                                                              \
    esp_err_t nvs_get_##name(nvs_handle_t handle, const char *key, ctype *value)                   \
    {                                                                                              \
        size_t length = sizeof(*value);                                                            \
        return value ? get(handle, key, nvs_type, value, &length) : ESP_ERR_INVALID_ARG;           \
    }

NUMBER(i8, int8_t, NVS_TYPE_I8)
NUMBER(u8, uint8_t, NVS_TYPE_U8)
NUMBER(i16, int16_t, NVS_TYPE_I16)
NUMBER(u16, uint16_t, NVS_TYPE_U16)
NUMBER(i32, int32_t, NVS_TYPE_I32)
NUMBER(u32, uint32_t, NVS_TYPE_U32)
NUMBER(i64, int64_t, NVS_TYPE_I64)
NUMBER(u64, uint64_t, NVS_TYPE_U64)

esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value)
{
    if (!value) {
        return ESP_ERR_INVALID_ARG;
    }
    size_t length = strlen(value) + 1;
    return length > LONGEST_STRING ? ESP_ERR_NVS_VALUE_TOO_LONG
                                   : set(handle, key, NVS_TYPE_STR, value, length);
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *value, size_t *length)
{
    return length ? get(handle, key, NVS_TYPE_STR, value, length) : ESP_ERR_INVALID_ARG;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length)
{
    return value || length == 0 ? set(handle, key, NVS_TYPE_BLOB, value, length)
                                : ESP_ERR_INVALID_ARG;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *value, size_t *length)
{
    return length ? get(handle, key, NVS_TYPE_BLOB, value, length) : ESP_ERR_INVALID_ARG;
}

esp_err_t nvs_find_key(nvs_handle_t handle, const char *key, nvs_type_t *type)
{
    pthread_mutex_lock(&lock);
    open_t *open = opened(handle);
    esp_err_t error = check(open, key, false);
    nvs_record_t record;
    uint32_t data;
    if (error == ESP_OK) {
        error = nvs_log_find(open->log, open->space, key, NVS_TYPE_ANY, &record, &data);
    }
    if (error == ESP_OK && type) {
        *type = (nvs_type_t)record.type;
    }
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key)
{
    pthread_mutex_lock(&lock);
    open_t *open = opened(handle);
    esp_err_t error = check(open, key, true);
    nvs_record_t record;
    uint32_t data;
    if (error == ESP_OK) {
        error = nvs_log_find(open->log, open->space, key, NVS_TYPE_ANY, &record, &data);
    }
    if (error == ESP_OK) {
        error = nvs_log_append(open->log, open->space, key, NVS_RECORD_ERASED, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_erase_all(nvs_handle_t handle)
{
    pthread_mutex_lock(&lock);
    open_t *open = opened(handle);
    esp_err_t error = check(open, "any", true);
    if (error == ESP_OK) {
        error = nvs_log_append(open->log, open->space, "", NVS_RECORD_SPACE_ERASED, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return error;
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
    pthread_mutex_lock(&lock);
    bool is_open = opened(handle) != NULL;
    pthread_mutex_unlock(&lock);
    return is_open ? ESP_OK : ESP_ERR_NVS_INVALID_HANDLE;
}
