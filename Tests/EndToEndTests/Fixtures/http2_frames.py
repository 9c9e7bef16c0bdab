"""Asks for a file by HTTP/2 without TLS, and prints the frames that come: `http2_frames.py PORT PATH SILENCE`.

A line a frame: type, flags, stream, length and payload, DATA by its CRC-32, anything else in hexadecimal; behind a
header block its fields, as HPACK has them. Lines that are the same again are counted. The last line says how the connection ended, if it did before
SILENCE seconds without a byte.
"""
import itertools
import re
import socket
import struct
import sys
import zlib

import hpack

NAMES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
         "CONTINUATION"]
DATA, HEADERS, CONTINUATION = 0, 1, 9
END_HEADERS, PADDED = 0x4, 0x8


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def request(path):
    """Wide windows, a request on stream 1, and a PING."""
    fields = [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "x")]
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, struct.pack(">HI", 4, 1 << 20)) \
        + frame(8, 0, 0, struct.pack(">I", 1 << 20)) \
        + frame(HEADERS, 0x5, 1, hpack.Encoder().encode(fields)) + frame(6, 0, 0, b"faultsrv")


def answer(port, path, silence):
    """All bytes, and how they ended. The first bytes of an answer have ten seconds, as a flood takes its time."""
    came = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request(path))
        try:
            while part := connection.recv(65536):
                came += part
                # SETTINGS, their acknowledgement and that of the PING are fewer.
                connection.settimeout(silence if len(came) > 60 else 10)
            return bytes(came), "end"
        except TimeoutError:
            return bytes(came), "silence"
        except ConnectionResetError:
            return bytes(came), "reset"


def told(payload):
    if len(payload) <= 40:
        return payload.hex()
    return f"{payload[:8].hex()}... crc {zlib.crc32(payload):08x}"


def fields(decoder, block):
    try:
        pairs = decoder.decode(block)
    except hpack.HPACKError as error:
        return f"{block.hex()} ({type(error).__name__})"
    lines = "; ".join(
        f"{name}: {value if len(value) <= 80 else f'{value[:8]}... {len(value)} bytes'}" for name, value in pairs)
    lines = re.sub(r"date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", "date: (now)", lines)
    return re.sub(r'etag: "[0-9a-f]+(-[0-9a-f]+)+"', "etag: (of the file)", lines)


def frames(came):
    """Type, flags, stream, length and payload of each; what is no whole header comes alone."""
    place = 0
    while place + 9 <= len(came):
        head = came[place:place + 9]
        length = int.from_bytes(head[:3], "big")
        yield head[3], head[4], int.from_bytes(head[5:], "big"), length, came[place + 9:place + 9 + length]
        place += 9 + length
    if place < len(came):
        yield None, 0, 0, 0, came[place:]


def lines(came):
    decoder = hpack.Decoder(max_header_list_size=1 << 24)
    block = b""
    for kind, flags, stream, length, payload in frames(came):
        if kind is None:
            yield f"no frame: {payload.hex()}"
            continue
        name = NAMES[kind] if kind < len(NAMES) else f"type {kind}"
        if kind in (HEADERS, CONTINUATION) and len(payload) == length:
            # No length: HPACK codes the date in as many bytes as its digits take.
            yield f"{name} flags {flags:#04x} stream {stream}"
            pad = payload[0] if kind == HEADERS and flags & PADDED else None
            block += payload if pad is None else payload[1:length - pad] if pad < length else payload[1:]
            if flags & END_HEADERS:
                yield f"  {fields(decoder, block)}"
                block = b""
            continue
        what = f"crc {zlib.crc32(payload):08x}" if kind == DATA else told(payload)
        short = f", of which {len(payload)} came" if len(payload) < length else ""
        yield f"{name} flags {flags:#04x} stream {stream} length {length}{short}: {what}"
    if block:
        yield f"  {fields(decoder, block)} (not ended)"


came, ending = answer(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
for line, same in itertools.groupby(lines(came)):
    count = len(list(same))
    print(line + (f" ({count} times)" if count > 1 else ""))
print(f"({ending})")
