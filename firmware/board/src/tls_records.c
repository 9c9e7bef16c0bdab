#define _GNU_SOURCE
#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <string.h>
#include <sys/socket.h>

#include "board/board.h"
#include "tls_internal.h"

/* The content types of a record (RFC 5246, 6.2.1) are those between. */
#define CHANGE_CIPHER_SPEC 20
#define APPLICATION_DATA 23
/* What Mbed TLS adds to the content's length for IV, MAC and padding. */
#define RECORD_OVERHEAD 320

/* Notes what passes, and refuses a record that the chip's receive buffer would not hold: the
 * library here has a buffer for any. */
static int follow(tls_records_t *records, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        if (records->body_left > 0) {
            size_t part = count < records->body_left ? count : records->body_left;
            records->body_left -= part;
            bytes += part;
            count -= part;
            continue;
        }
        records->header[records->header_count++] = *bytes++;
        count -= 1;
        if (records->header_count < sizeof(records->header)) {
            continue;
        }
        records->header_count = 0;
        if (records->header[0] < CHANGE_CIPHER_SPEC || records->header[0] > APPLICATION_DATA) {
            continue; /* no record: Mbed TLS will say so */
        }
        size_t length = (size_t)records->header[3] << 8 | records->header[4];
        records->body_left = length;
        if (length > board.tls_in_length + RECORD_OVERHEAD) {
            return MBEDTLS_ERR_SSL_BAD_INPUT_DATA;
        }
        if (!records->is_encrypted && length > board.tls_in_length) {
            return MBEDTLS_ERR_SSL_INVALID_RECORD;
        }
        records->is_encrypted |= records->header[0] == CHANGE_CIPHER_SPEC;
    }
    return 0;
}

int tls_records_receive(void *data, unsigned char *to, size_t count)
{
    tls_records_t *records = data;
    ssize_t got;
    do {
        got = recv(records->socket, to, count, 0);
    } while (got < 0 && errno == EINTR);
    if (got == 0) {
        errno = ENOTCONN; /* as lwIP has it */
        return 0;
    }
    if (got < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return MBEDTLS_ERR_SSL_WANT_READ;
        }
        return errno == ECONNRESET || errno == EPIPE ? MBEDTLS_ERR_NET_CONN_RESET
                                                     : MBEDTLS_ERR_NET_RECV_FAILED;
    }
    int refusal = follow(records, to, (size_t)got);
    return refusal != 0 ? refusal : (int)got;
}

int tls_records_send(void *data, const unsigned char *from, size_t count)
{
    tls_records_t *records = data;
    ssize_t sent;
    do {
        sent = send(records->socket, from, count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        return (int)sent;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    return errno == ECONNRESET || errno == EPIPE ? MBEDTLS_ERR_NET_CONN_RESET
                                                 : MBEDTLS_ERR_NET_SEND_FAILED;
}
