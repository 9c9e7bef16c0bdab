// Linux calls that Swift's Glibc module does not show: they are variadic, or hidden behind a
// feature macro.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// `preadv2` with `RWF_NOWAIT` (preadv2(2)): reads only what the page cache holds.
/// Returns bytes read, or -1 with `errno`.
intptr_t fs_pread_cached(int descriptor, void *into, size_t count, long offset);

/// Room for the kernel's `struct tcp_info` (tcp(7)), whose newer members Glibc's header does not know.
typedef struct {
    uint8_t bytes[256];
} fs_tcp_info;

/// `TCP_INFO`, the socket option that fills an `fs_tcp_info`.
extern const int fs_tcp_info_option;

/// Whether the peer has acknowledged all that was written: nothing unsent, nothing in flight.
bool fs_all_acknowledged(const fs_tcp_info *info);
