#include "board/flash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/board.h"
#include "esp_log.h"

/* An operation that is waited for, and how many of its kind there were. */
typedef struct {
    flash_point_t point;
    uint32_t seen;
} watch_t;

/* The one chip of the board. The file is mapped and shared, so that what was written is in it
 * however the process ends. */
static struct {
    uint8_t *bytes;
    size_t size;
    uint32_t operations;
    watch_t cut;
    int cut_bytes;
    watch_t failure;
    FILE *trace;
} flash;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Makes a file that is new as long as the chip is large. */
static esp_err_t size_file(int file, bool *is_new)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        return ESP_FAIL;
    }
    *is_new = status.st_size == 0;
    if (*is_new) {
        return ftruncate(file, board.flash_size) == 0 ? ESP_OK : ESP_FAIL;
    }
    return status.st_size == board.flash_size ? ESP_OK : ESP_ERR_INVALID_SIZE;
}

esp_err_t flash_open(const char *path, bool *is_new)
{
    if (board.flash_size == 0 || board.flash_size % FLASH_SECTOR != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
        return ESP_FAIL;
    }
    esp_err_t error = size_file(file, is_new);
    void *bytes = MAP_FAILED;
    if (error == ESP_OK) {
        bytes = mmap(NULL, board.flash_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        error = bytes == MAP_FAILED ? ESP_FAIL : ESP_OK;
    }
    int reason = errno;
    close(file);
    errno = reason;
    if (error != ESP_OK) {
        return error;
    }
    if (*is_new) {
        memset(bytes, 0xFF, board.flash_size);
    }
    flash_close();
    flash.bytes = bytes;
    flash.size = board.flash_size;
    return ESP_OK;
}

void flash_close(void)
{
    if (flash.bytes) {
        munmap(flash.bytes, flash.size);
    }
    memset(&flash, 0, sizeof(flash));
}

static bool is_inside(uint32_t address, size_t count)
{
    return flash.bytes && address <= flash.size && count <= flash.size - address;
}

esp_err_t flash_read(uint32_t address, void *to, size_t count)
{
    if (!is_inside(address, count)) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (count > 0) {
        pthread_mutex_lock(&lock);
        memcpy(to, flash.bytes + address, count);
        pthread_mutex_unlock(&lock);
    }
    return ESP_OK;
}

const uint8_t *flash_map(uint32_t address, size_t count)
{
    return is_inside(address, count) ? flash.bytes + address : NULL;
}

esp_err_t flash_preset(uint32_t address, const void *from, size_t count)
{
    if (!is_inside(address, count)) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (count > 0) {
        memcpy(flash.bytes + address, from, count);
    }
    return ESP_OK;
}

typedef enum { OPERATION_HAPPENS, OPERATION_FAILS, OPERATION_IS_CUT } fate_t;

/* Whether an operation is the one that is waited for. */
static bool meets(watch_t *watch, flash_kind_t kind, uint32_t address)
{
    const flash_point_t *point = &watch->point;
    if (point->number == 0) {
        return false;
    }
    if (point->kind == FLASH_ANY) {
        return flash.operations == point->number;
    }
    if (kind != point->kind || address < point->address ||
        address - point->address >= point->size) {
        return false;
    }
    watch->seen++;
    return watch->seen == point->number;
}

/* Numbers an operation. Nothing of one that fails or is cut at once happens. */
static fate_t begin_operation(flash_kind_t kind, uint32_t address)
{
    flash.operations++;
    bool is_cut = meets(&flash.cut, kind, address);
    bool fails = meets(&flash.failure, kind, address);
    if (fails && !is_cut) {
        ESP_LOGW("flash", "the operation at 0x%" PRIx32 " fails, as it is to", address);
    }
    return is_cut ? OPERATION_IS_CUT : fails ? OPERATION_FAILS : OPERATION_HAPPENS;
}

/* The lock is freed first, as a test's power cut ends no more than the thread. */
static void cut_power(void)
{
    pthread_mutex_unlock(&lock);
    board_power_off();
}

/* Cells that were not erased long enough: any bit that was 0 may read as 1 by now. Which ones follows from
 * the place and the seed (the finalizer of SplitMix64; Steele, Lea, Flood, OOPSLA 2014), so that a cut can be
 * replayed. */
static void half_erase(uint32_t address, uint64_t seed)
{
    for (uint32_t at = address; at < address + FLASH_SECTOR; at++) {
        uint64_t bits = (at + (seed << 32)) * 0x9E3779B97F4A7C15u;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
        flash.bytes[at] |= (uint8_t)(bits ^ bits >> 31);
    }
}

static esp_err_t erase_sector(uint32_t address)
{
    pthread_mutex_lock(&lock);
    fate_t fate = begin_operation(FLASH_ERASE, address);
    if (flash.trace) {
        fprintf(flash.trace, "E 0x%06" PRIx32 "\n", address);
    }
    if (fate == OPERATION_HAPPENS) {
        memset(flash.bytes + address, 0xFF, FLASH_SECTOR);
    } else if (fate == OPERATION_IS_CUT) {
        if (flash.cut_bytes >= 0) {
            half_erase(address, (uint64_t)flash.cut_bytes);
        }
        cut_power();
    }
    pthread_mutex_unlock(&lock);
    return fate == OPERATION_FAILS ? ESP_ERR_FLASH_OP_FAIL : ESP_OK;
}

esp_err_t flash_erase(uint32_t address, size_t count)
{
    if (address % FLASH_SECTOR != 0 || count % FLASH_SECTOR != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!is_inside(address, count)) {
        return ESP_ERR_INVALID_SIZE;
    }
    for (size_t done = 0; done < count; done += FLASH_SECTOR) {
        esp_err_t error = erase_sector(address + (uint32_t)done);
        if (error != ESP_OK) {
            return error;
        }
    }
    return ESP_OK;
}

static void clear_bits(uint32_t address, const uint8_t *from, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        flash.bytes[address + index] &= from[index];
    }
}

esp_err_t flash_program(uint32_t address, const void *from, size_t count)
{
    if (!is_inside(address, count)) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (count == 0) {
        return ESP_OK;
    }
    pthread_mutex_lock(&lock);
    fate_t fate = begin_operation(FLASH_WRITE, address);
    if (flash.trace) {
        fprintf(flash.trace, "W 0x%06" PRIx32 " 0x%zx\n", address, count);
    }
    if (fate == OPERATION_HAPPENS) {
        clear_bits(address, from, count);
    } else if (fate == OPERATION_IS_CUT) {
        size_t part = flash.cut_bytes < 0 ? 0 : (size_t)flash.cut_bytes;
        clear_bits(address, from, part < count ? part : count);
        cut_power();
    }
    pthread_mutex_unlock(&lock);
    return fate == OPERATION_FAILS ? ESP_ERR_FLASH_OP_FAIL : ESP_OK;
}

uint32_t flash_operations(void) { return flash.operations; }

void flash_set_operations(uint32_t count) { flash.operations = count; }

void flash_cut_at(uint32_t operation, int bytes)
{
    flash_cut_at_point((flash_point_t){.number = operation}, bytes);
}

void flash_cut_at_point(flash_point_t point, int bytes)
{
    flash.cut = (watch_t){.point = point};
    flash.cut_bytes = bytes;
}

void flash_fail_at(uint32_t operation)
{
    flash_fail_at_point((flash_point_t){.number = operation});
}

void flash_fail_at_point(flash_point_t point) { flash.failure = (watch_t){.point = point}; }

flash_counts_t flash_counts(void)
{
    return (flash_counts_t){
        .operations = flash.operations, .cut = flash.cut.seen, .failure = flash.failure.seen};
}

void flash_set_counts(flash_counts_t counts)
{
    flash.operations = counts.operations;
    flash.cut.seen = counts.cut;
    flash.failure.seen = counts.failure;
}

void flash_trace(void *stream) { flash.trace = stream; }
