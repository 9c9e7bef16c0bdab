"""Says how soon a body begins: `firstbyte.py ROUNDS HOST_A:PORT HOST_B:PORT` prints the medians of both in seconds.

The servers are asked in turns, each time on a connection of its own, over TLS. The clock runs from when the request was
written until the first byte behind the response's head was read.
"""
import socket
import ssl
import statistics
import sys
import time

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
request = b"GET /firmware.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def measure(address):
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 30) as plain, context.wrap_socket(plain) as tls:
        start = time.monotonic()
        tls.sendall(request)
        came = b""
        while True:
            part = tls.recv(16384)
            assert part, "the server ended before the body began"
            came += part
            head, mark, body = came.partition(b"\r\n\r\n")
            if body:
                assert head.startswith(b"HTTP/1.1 200 "), head
                return time.monotonic() - start


addresses = sys.argv[2:]
times = [[], []]
for _ in range(int(sys.argv[1])):
    for address, taken in zip(addresses, times):
        taken.append(measure(address))
print(*(statistics.median(taken) for taken in times))
