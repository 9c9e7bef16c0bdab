/* The ways in which this app updates itself. */
#pragma once

#include <stddef.h>

#include "esp_app_desc.h"
#include "esp_err.h"
#include "esp_http_client.h"

/* How an update ended, for the report. */
typedef struct {
    const char *outcome; /* "updated": the new app boots next; "rejected"; "refused": by policy */
    const char *stage;   /* where: "connect", "http", "download", "header", "policy", "write", ... */
    esp_err_t error;
    size_t received;      /* bytes of the image */
    esp_app_desc_t offer; /* all zero if it did not come so far */
} update_t;

typedef struct {
    const char *name;
    void (*run)(const char *url, update_t *update);
} method_t;

void method_native(const char *url, update_t *update);
void method_simple(const char *url, update_t *update);
void method_advanced(const char *url, update_t *update);
void method_guarded(const char *url, update_t *update);

/* Where the guarded method finds the image's SHA-256; empty: nowhere. */
void guarded_set_manifest(const char *url);

/* The method of that name; NULL if there is none. */
const method_t *method_named(const char *name);
/* The one that the build has chosen. */
const method_t *method_default(void);

/* The CA that the server's certificate is to come from: PEM with its zero byte. NULL: the bundle's. */
const char *update_ca_pem(void);
/* What attaches the certificate bundle; NULL if the build trusts ca_cert.pem. */
typedef esp_err_t (*attach_bundle_t)(void *conf);
attach_bundle_t update_attach_bundle(void);

/* What the stock methods connect with. */
esp_http_client_config_t update_http_config(const char *url);

/* Sets how an update ended: at a stage, with an error. */
void update_reject(update_t *update, const char *stage, esp_err_t error);
void update_refuse(update_t *update, esp_err_t error);
void update_succeed(update_t *update);
