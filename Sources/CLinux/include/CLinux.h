// Linux calls that Swift's Glibc module does not show: they are variadic, or hidden behind a
// feature macro. One static inline each, no logic.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/// `preadv2` with `RWF_NOWAIT`: reads only what the page cache holds. Hidden behind `_DEFAULT_SOURCE`.
static inline ssize_t fs_pread_cached(int descriptor, void *into, size_t count, off_t offset) {
    struct iovec vector = {.iov_base = into, .iov_len = count};
    return preadv2(descriptor, &vector, 1, offset, RWF_NOWAIT);
}

/// `ioctl(SIOCOUTQ)`: bytes that the peer has not acknowledged yet, or -1. `ioctl` is variadic.
static inline int fs_unacknowledged(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}
