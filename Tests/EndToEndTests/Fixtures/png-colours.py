"""Where colours stand in a picture.

Usage: png-colours.py PICTURE RRGGBB...

Prints for each colour how many pixels have exactly it, and the least and the greatest of their x and y.
Reads what Chromium writes: 8 bits a channel, RGB or RGBA, not interlaced (PNG, RFC 2083).
"""

import struct
import sys
import zlib


def rows(data: bytes):
    """The picture's rows, as lists of channels, and how many channels a pixel has."""
    position, packed, width, channels = 8, b"", 0, 0
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        chunk = data[position + 8 : position + 8 + length]
        if kind == b"IHDR":
            width, _, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunk)
            channels = {2: 3, 6: 4}[colour]
            assert depth == 8 and interlace == 0
        elif kind == b"IDAT":
            packed += chunk
        position += length + 12
    raw, stride = zlib.decompress(packed), width * channels
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for x in range(stride):
            left = row[x - channels] if x >= channels else 0
            if kind == 1:
                row[x] = (row[x] + left) & 255
            elif kind == 2:
                row[x] = (row[x] + above[x]) & 255
            elif kind == 3:
                row[x] = (row[x] + (left + above[x]) // 2) & 255
            elif kind == 4:
                corner = above[x - channels] if x >= channels else 0
                guess = left + above[x] - corner
                near = min((left, above[x], corner), key=lambda value: abs(guess - value))
                row[x] = (row[x] + near) & 255
        yield row, channels
        above = row


def main() -> None:
    wanted = {bytes.fromhex(word): [] for word in sys.argv[2:]}
    with open(sys.argv[1], "rb") as file:
        for y, (row, channels) in enumerate(rows(file.read())):
            for x in range(0, len(row), channels):
                found = wanted.get(bytes(row[x : x + 3]))
                if found is not None:
                    found.append((x // channels, y))
    for colour, places in wanted.items():
        xs, ys = zip(*places) if places else ((0,), (0,))
        print(colour.hex(), len(places), min(xs), max(xs), min(ys), max(ys))


main()
