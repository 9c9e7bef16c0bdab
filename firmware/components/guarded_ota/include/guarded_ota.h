/* An over-the-air update that ends: with a new app that is proved whole, or with the old one and a
 * reason.
 *
 * It stands on ESP-IDF's public API alone (esp_http_client, esp_ota_ops, esp_partition, nvs) and
 * does what the stock ways leave to their caller: deadlines for the whole and for progress, a
 * limit on redirects and none to plain HTTP, statuses 200 and 206 only, resuming where a break or
 * a reset left off, retries with a budget, and a slot that cannot pass for an app before the last
 * byte is there. README.md says how and why. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_app_desc.h"
#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where an update has come to, or ended. */
typedef enum {
    GUARDED_OTA_IDLE,
    GUARDED_OTA_PRECONDITION, /* slots, the state of the running app, the configuration */
    GUARDED_OTA_MANIFEST,
    GUARDED_OTA_CONNECT, /* DNS, TCP, TLS */
    GUARDED_OTA_HTTP,    /* status, fields, redirects */
    GUARDED_OTA_DOWNLOAD,
    GUARDED_OTA_HEADER, /* magic, chip, app descriptor */
    GUARDED_OTA_POLICY, /* version, project, secure version, what was rolled back */
    GUARDED_OTA_WRITE,
    GUARDED_OTA_VERIFY,
    GUARDED_OTA_SET_BOOT,
    GUARDED_OTA_DONE,
} guarded_ota_stage_t;

/* How an update ended. */
typedef struct {
    guarded_ota_stage_t stage; /* GUARDED_OTA_DONE: the new app boots next */
    esp_err_t error;
    int http_status;      /* of the last response; 0: there was none */
    size_t received;      /* bytes of the image that are in the slot */
    size_t total;         /* the image's length; 0: nobody has said */
    size_t resumed_from;  /* where the first request went on; 0: from the start */
    unsigned attempts;    /* connections for the image */
    unsigned redirects;   /* of all attempts */
    esp_app_desc_t offer; /* what was offered; all zero if it did not come so far */
} guarded_ota_result_t;

/* Zero in a number stands for its default. */
typedef struct {
    const char *url;          /* of the image; http:// only with allow_http */
    const char *manifest_url; /* of its manifest; NULL: none. See README.md for its lines. */
    const char *cert_pem;     /* the CA, in PEM; NULL with crt_bundle_attach */
    esp_err_t (*crt_bundle_attach)(void *conf);
    bool skip_cert_common_name_check;
    bool allow_http;
    bool allow_same_version;
    bool allow_rolled_back_version;
    bool allow_other_project;
    bool refuse_older_version;    /* by the numbers in it, as 1.10 is newer than 1.9 */
    uint32_t overall_timeout_ms;  /* of all attempts together; default 15 minutes */
    uint32_t progress_timeout_ms; /* of a time without a byte; default 30 s */
    uint32_t receive_timeout_ms;  /* of one read; default 5 s */
    unsigned max_redirects;       /* default 5 */
    unsigned max_attempts;        /* default 6; an attempt that made progress does not count */
    uint32_t backoff_ms;          /* before the second attempt, doubled each time; default 1 s */
    /* Is told of each stage, and of progress about once in 64 KiB; may be NULL. */
    void (*on_progress)(guarded_ota_stage_t stage, size_t received, size_t total, void *context);
    void *context;
    /* Is told how it ends before a restart that the client makes necessary, see below; may be
     * NULL. */
    void (*before_restart)(const guarded_ota_result_t *result, void *context);
} guarded_ota_config_t;

/* How many receive timeouts the client may take to come back once the overall time is over. */
#define GUARDED_OTA_GRACE 4

/* Updates the next slot, in a task of its own that it waits for; one at a time. The caller
 * restarts. `result` is filled in either case; it may be NULL.
 *
 * It returns within the overall timeout and GUARDED_OTA_GRACE receive timeouts, and the time that
 * the verification of a whole image takes. If by then the client has not come back from a
 * handshake or a header field that drips in, nothing can make it: the device restarts, with the
 * app that runs.
 *
 * ESP_OK: the new app boots next. ESP_ERR_INVALID_ARG: no URL or no way to trust the server.
 * ESP_ERR_INVALID_STATE: another update goes on. ESP_ERR_OTA_ROLLBACK_INVALID_STATE: the running
 * app is not confirmed. ESP_ERR_INVALID_VERSION: refused by policy or for another chip.
 * ESP_ERR_INVALID_SIZE: larger than the slot, or cut off. ESP_ERR_INVALID_RESPONSE: an answer that
 * is not to be worked with. ESP_ERR_OTA_VALIDATE_FAILED: no whole app image, or not the
 * manifest's. ESP_ERR_TIMEOUT: a deadline. Others: of the connection (esp_tls.h,
 * esp_http_client.h) or the flash. */
esp_err_t guarded_ota_update(const guarded_ota_config_t *config, guarded_ota_result_t *result);

/* What became of the last update, asked after a reset. */
typedef enum {
    GUARDED_OTA_NOTHING_EXPECTED,
    GUARDED_OTA_NEW_RUNS,    /* this is the app that was written, byte for byte */
    GUARDED_OTA_ROLLED_BACK, /* another runs */
} guarded_ota_proof_t;

/* Compares what runs with what was written. To be called once in each boot, after the self-test:
 * it also notes which version did not last, so that it is not installed again. One that was lost
 * with the power, perhaps by chance, may be tried three times. */
guarded_ota_proof_t guarded_ota_prove(void);

/* Forgets how far a download had come. */
void guarded_ota_forget_progress(void);

/* Forgets which versions were lost, for a bench on which they are offered again. */
void guarded_ota_forget_versions(void);

/* The stage in a word, as the fields of a report have it: "download". */
const char *guarded_ota_stage_name(guarded_ota_stage_t stage);

#ifdef __cplusplus
}
#endif
