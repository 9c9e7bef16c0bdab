#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/tcp.h>
#include <string.h>
#include <sys/uio.h>

_Static_assert(sizeof(struct tcp_info) <= sizeof(fs_tcp_info), "fs_tcp_info is too small");

intptr_t fs_pread_cached(int descriptor, void *into, size_t count, long offset) {
    struct iovec vector = {.iov_base = into, .iov_len = count};
    return preadv2(descriptor, &vector, 1, offset, RWF_NOWAIT);
}

const int fs_tcp_info_option = TCP_INFO;

bool fs_all_acknowledged(const fs_tcp_info *info) {
    struct tcp_info known;
    memcpy(&known, info, sizeof known);
    return known.tcpi_unacked == 0 && known.tcpi_notsent_bytes == 0;
}
