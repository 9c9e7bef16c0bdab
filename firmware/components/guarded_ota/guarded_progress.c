#include "guarded_progress.h"

#include "guarded_store.h"

uint32_t guarded_progress_hash(const char *text)
{
    uint32_t hash = 0x811C9DC5u;
    for (; *text != 0; text++) {
        hash = (hash ^ (uint8_t)*text) * 0x01000193u;
    }
    return hash;
}

esp_err_t guarded_progress_load(guarded_progress_t *progress, uint8_t first[GUARDED_SECTOR])
{
    esp_err_t error = guarded_store_load("progress", progress, sizeof(*progress));
    return error == ESP_OK ? guarded_store_load("first", first, GUARDED_SECTOR) : error;
}

esp_err_t guarded_progress_save(const guarded_progress_t *progress, const uint8_t *first)
{
    esp_err_t error =
        first == NULL ? ESP_OK : guarded_store_save("first", first, GUARDED_SECTOR);
    return error == ESP_OK ? guarded_store_save("progress", progress, sizeof(*progress)) : error;
}

void guarded_progress_forget(void)
{
    guarded_store_forget("progress");
    guarded_store_forget("first");
}
