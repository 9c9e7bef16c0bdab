"""Downloads over TLS 1.2 without encryption, and reads on whatever comes: `unencrypted_tls.py CA PORT FILE`.

FILE gets the bytes of the socket. Says why TLS failed, or None, and how many bytes of plaintext were authentic.
"""
import socket
import ssl
import sys

ca, port, path = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.maximum_version = ssl.TLSVersion.TLSv1_2
context.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
error, count, asked = None, 0, False
with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as plain, open(path, "wb") as file:
    while True:
        try:
            if error is None and not asked:
                tls.do_handshake()
                tls.write(b"GET /firmware.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                asked = True
            while error is None and (part := tls.read(65536)):
                count += len(part)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as caught:
            error = caught.reason or type(caught).__name__
        if error is None:
            plain.sendall(outgoing.read())
        try:
            received = plain.recv(65536)
        except OSError:
            break
        if not received:
            break
        file.write(received)
        if error is None:
            incoming.write(received)
print(error, count)
