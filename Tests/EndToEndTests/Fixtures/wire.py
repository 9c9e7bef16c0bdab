"""Downloads, and says as JSON what came when and how it ended: `wire.py PORT plain|tls FOLDER SILENCE [FIELD ...]`.

FOLDER/wire gets the bytes of the socket, FOLDER/text those of HTTP. Both come with their arrivals: seconds since the
client connected, and bytes so far. Segments are those with data, as the kernel counts them. After SILENCE seconds in which nothing comes the client gives up.
"""
import json
import socket
import ssl
import struct
import sys
import time

port, mode, folder, silence = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
fields = ["Host: x", "Connection: close"] + sys.argv[5:]
request = ("GET /firmware.bin HTTP/1.1\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n").encode()
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost") if mode == "tls" else None
wire, text, came, read = bytearray(), bytearray(), [], []
said = {"asked": None, "goodbye": False, "failure": None}


def take(data):
    """Reads what TLS makes of the bytes, and asks once the handshake is over."""
    if data:
        incoming.write(data)
    try:
        if said["asked"] is None:
            tls.do_handshake()
            said["asked"] = time.monotonic() - start
            tls.write(request)
        while not said["goodbye"]:
            part = tls.read(65536)
            said["goodbye"] = not part
            text.extend(part)
    except (ssl.SSLWantReadError, ssl.SSLSyscallError):
        pass
    except ssl.SSLZeroReturnError:
        said["goodbye"] = True
    except ssl.SSLError as error:
        said["failure"] = error.reason
    if outgoing.pending:
        connection.sendall(outgoing.read())


with socket.create_connection(("127.0.0.1", port), 10) as connection:
    start = time.monotonic()
    connection.settimeout(silence)
    if tls:
        take(b"")
    else:
        said["asked"] = time.monotonic() - start
        connection.sendall(request)
    while True:
        try:
            data = connection.recv(65536)
        except TimeoutError:
            end = "silence"
            break
        except ConnectionResetError:
            end = "RST"
            break
        moment = time.monotonic() - start
        if not data:
            end = "FIN"
            break
        wire.extend(data)
        came.append([moment, len(wire)])
        before = len(text)
        if tls:
            take(data)
        else:
            text.extend(data)
        if len(text) > before:
            read.append([moment, len(text)])
        if said["failure"]:
            end = "failure"
            break
    # tcpi_data_segs_in (linux/tcp.h).
    said["segments"], = struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192), 152)

for name, data in [("wire", wire), ("text", text)]:
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)
print(json.dumps({**said, "end": end, "wire": came, "text": read}))
