"""Downloads over TLS with the records in sight: what came from the socket, and how it ended."""
import socket
import ssl
import sys

port = int(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
# TLS 1.3 hides the type of a record.
context.maximum_version = ssl.TLSVersion.TLSv1_2
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
raw = b""
how = "FIN"
with socket.create_connection(("127.0.0.1", port), 10) as connection:
    connection.settimeout(20)
    asked = False
    while True:
        try:
            if not asked:
                tls.do_handshake()
                tls.write(b"GET /firmware.bin HTTP/1.1\r\nHost: x\r\n\r\n")
                asked = True
            while tls.read(65536):
                pass
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            how = f"TLS error {error.reason}"
            break
        if outgoing.pending:
            connection.sendall(outgoing.read())
        try:
            received = connection.recv(65536)
        except ConnectionResetError:
            how = "RST"
            break
        if not received:
            break
        raw += received
        incoming.write(received)

place, kinds, inside = 0, [], False
while place < len(raw):
    if place + 5 > len(raw) or place + 5 + int.from_bytes(raw[place + 3:place + 5], "big") > len(raw):
        inside = True
        break
    kinds.append(raw[place])
    place += 5 + int.from_bytes(raw[place + 3:place + 5], "big")
print("bytes", len(raw))
print("ended by", how)
print("ends inside a record" if inside else "ends between records")
print("an alert record at the end" if kinds and kinds[-1] == 21 else "no alert record at the end")
