#define _GNU_SOURCE
#include <arpa/inet.h>
#include <mbedtls/oid.h>
#include <string.h>
#include <strings.h>

#include "tls_internal.h"

/* The kinds of a general name (RFC 5280, 4.2.1.6), as the tag's number. */
enum { NAME_DNS = 2, NAME_URI = 6, NAME_IP = 7 };

static bool is_text(const mbedtls_x509_buf *buffer, const char *text, size_t length)
{
    return buffer->len == length && strncasecmp((const char *)buffer->p, text, length) == 0;
}

/* `*.` stands for one label and no more, and nothing else is a wildcard. */
static bool is_host(const mbedtls_x509_buf *buffer, const char *name)
{
    if (is_text(buffer, name, strlen(name))) {
        return true;
    }
    if (buffer->len < 3 || buffer->p[0] != '*' || buffer->p[1] != '.') {
        return false;
    }
    const char *dot = strchr(name, '.');
    if (!dot || dot == name) {
        return false;
    }
    mbedtls_x509_buf rest = {.p = buffer->p + 1, .len = buffer->len - 1};
    return is_text(&rest, dot, strlen(dot));
}

static bool is_address(const mbedtls_x509_buf *buffer, const char *name)
{
    unsigned char address[16];
    if (buffer->len == 4) {
        return inet_pton(AF_INET, name, address) == 1 && memcmp(address, buffer->p, 4) == 0;
    }
    return buffer->len == 16 && inet_pton(AF_INET6, name, address) == 1 &&
           memcmp(address, buffer->p, 16) == 0;
}

static bool is_general_name(const mbedtls_x509_buf *buffer, const char *name)
{
    switch (buffer->tag & MBEDTLS_ASN1_TAG_VALUE_MASK) {
    case NAME_DNS:
        return is_host(buffer, name);
    case NAME_IP:
        return is_address(buffer, name);
    case NAME_URI:
        return buffer->len == strlen(name) && memcmp(buffer->p, name, buffer->len) == 0;
    default:
        return false;
    }
}

bool tls_name_matches(const mbedtls_x509_crt *certificate, const char *name)
{
    /* Alternative names of whatever kind switch the common name off. */
    if (certificate->ext_types & MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) {
        const mbedtls_x509_sequence *each = &certificate->subject_alt_names;
        for (; each; each = each->next) {
            if (is_general_name(&each->buf, name)) {
                return true;
            }
        }
        return false;
    }
    for (const mbedtls_x509_name *part = &certificate->subject; part; part = part->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) == 0 && is_host(&part->val, name)) {
            return true;
        }
    }
    return false;
}
