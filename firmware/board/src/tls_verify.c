#define _GNU_SOURCE
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <string.h>

#include "board/board.h"
#include "board/defect.h"
#include "esp_log.h"
#include "tls_internal.h"

#define BUNDLE_TAG "esp-x509-crt-bundle"

/* A date of a certificate as seconds; both ends of its validity are in UTC (RFC 5280, 4.1.2.5). */
static time_t seconds_of(const mbedtls_x509_time *date)
{
    struct tm parts = {
        .tm_year = date->year - 1900,
        .tm_mon = date->mon - 1,
        .tm_mday = date->day,
        .tm_hour = date->hour,
        .tm_min = date->min,
        .tm_sec = date->sec,
    };
    return timegm(&parts);
}

/* The library judges by this computer's clock; a board judges by its own, and most have none. */
static uint32_t date_flags(const mbedtls_x509_crt *certificate)
{
    if (!board.have_time || has_defect(DEFECT_IGNORES_DATES)) {
        return 0;
    }
    time_t now = board.time + board_uptime_ms() / 1000;
    uint32_t flags = 0;
    if (now > seconds_of(&certificate->valid_to)) {
        flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    }
    if (now < seconds_of(&certificate->valid_from)) {
        flags |= MBEDTLS_X509_BADCERT_FUTURE;
    }
    return flags;
}

/* 0 if the certificate bears a signature of that issuer. */
static int check_signature(mbedtls_x509_crt *certificate, const mbedtls_x509_crt *issuer)
{
    const mbedtls_md_info_t *digest = mbedtls_md_info_from_type(certificate->sig_md);
    if (!digest) {
        return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
    }
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];
    int result = mbedtls_md(digest, certificate->tbs.p, certificate->tbs.len, hash);
    if (result != 0) {
        return result;
    }
    mbedtls_pk_context *key = (mbedtls_pk_context *)&issuer->pk;
    return mbedtls_pk_verify_ext(certificate->sig_pk, certificate->sig_opts, key,
                                 certificate->sig_md, hash, mbedtls_md_get_size(digest),
                                 certificate->sig.p, certificate->sig.len);
}

/* A bundle keeps names and keys of roots only, so what decides is the signature of the last
 * link. */
static int verify_by_bundle(const mbedtls_x509_crt *bundle, mbedtls_x509_crt *certificate,
                            uint32_t *flags)
{
    uint32_t others = *flags & ~(uint32_t)MBEDTLS_X509_BADCERT_BAD_MD;
    if (others != MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        return 0; /* trusted already, or bad for another reason, which stands */
    }
    for (const mbedtls_x509_crt *root = bundle; root; root = root->next) {
        if (root->subject_raw.len != certificate->issuer_raw.len ||
            memcmp(root->subject_raw.p, certificate->issuer_raw.p, root->subject_raw.len) != 0) {
            continue;
        }
        int result = check_signature(certificate, root);
        if (result == 0) {
            *flags = 0;
            return 0;
        }
        ESP_LOGE(BUNDLE_TAG, "PK verify failed with error 0x%x", (unsigned)-result);
    }
    ESP_LOGE(BUNDLE_TAG, "Failed to verify certificate");
    return MBEDTLS_ERR_X509_FATAL_ERROR;
}

int tls_verify(void *data, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    const tls_verifier_t *verifier = data;
    *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    *flags |= date_flags(certificate);
    if (depth == 0) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
        bool is_ignored = has_defect(DEFECT_IGNORES_NAME);
        if (verifier->name && !is_ignored && !tls_name_matches(certificate, verifier->name)) {
            *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
        }
    }
    if (has_defect(DEFECT_ACCEPTS_ANY_CERTIFICATE)) {
        *flags = 0;
        return 0;
    }
    return verifier->bundle ? verify_by_bundle(verifier->bundle, certificate, flags) : 0;
}
