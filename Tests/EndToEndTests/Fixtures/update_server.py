"""Serves an image over TLS by Python's ssl, in the way that the path names:
`update_server.py CERT KEY IMAGE LOG`. Each request is a line of LOG: the client's port, and the path.

/honest is what ESP-IDF's own tests are run against: http.server over ssl. Prints the port of HTTPS.
"""
import http.server
import signal
import socket
import ssl
import struct
import sys
import threading
import time

cert, key, image_file, log_file = sys.argv[1:]
image = open(image_file, "rb").read()
half = image[:len(image) // 2 // 1024 * 1024 + 100]


def head(status, *fields):
    return "\r\n".join([f"HTTP/1.1 {status} Whatever", *fields, "", ""]).encode()


def length(count):
    return f"Content-Length: {count}"


def chunks(data, size=4000):
    parts = [data[at:at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def short(status):
    return head(status, length(9)) + b"no image\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def setup(self):
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def do_GET(self):
        with open(log_file, "a") as log:
            log.write(f"{self.client_address[1]} {self.path}\n")
        self.close_connection = True
        kind = self.path.strip("/")
        getattr(self, kind.replace("-", "_"))()

    def say(self, *parts):
        for part in parts:
            self.request.sendall(part)

    def hold(self):
        """Until the client closes."""
        self.request.settimeout(60)
        try:
            while self.request.recv(65536):
                pass
        except OSError:
            pass

    def close_notify(self):
        """TLS ends here, TCP does not."""
        self.request.settimeout(0)
        try:
            self.request.unwrap()
        except (ssl.SSLError, OSError):
            pass

    def plain_socket(self):
        return socket.socket(fileno=self.request.detach())

    def fin(self):
        with self.plain_socket() as plain:
            plain.settimeout(60)
            plain.shutdown(socket.SHUT_WR)
            while plain.recv(65536):
                pass

    def rst(self):
        plain = self.plain_socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()

    # What comes whole.

    def honest(self):
        # As http.server answers: HTTP/1.0, a length, and the connection ends.
        self.protocol_version = "HTTP/1.0"
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(image)))
        self.end_headers()
        self.wfile.write(image)

    def chunked(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(image), b"0\r\n\r\n")

    def drip(self):
        self.say(head(200, length(len(image))))
        for at in range(0, len(image), 4096):
            self.say(image[at:at + 4096])
            time.sleep(0.02)

    def big_header(self):
        self.say(head(200, length(len(image)), "X-Filler: " + "x" * 3000), image)

    def trailing(self):
        self.say(head(200, length(len(image) + 3000)), image + b"\x5a" * 3000)

    def status_206(self):
        self.say(head(206, length(len(image)),
                      f"Content-Range: bytes 0-{len(image) - 1}/{len(image)}"), image)

    def no_length(self):
        self.say(head(200), image)
        self.close_notify()
        self.fin()

    def no_length_fin(self):
        self.say(head(200), image)
        self.fin()

    # What ends in an odd way.

    def no_length_open(self):
        self.say(head(200), image)
        self.close_notify()
        self.stay_open()

    def cut_open(self):
        self.say(head(200, length(len(image))), half)
        self.close_notify()
        self.stay_open()

    def stay_open(self):
        with self.plain_socket() as plain:
            plain.settimeout(60)
            try:
                while plain.recv(65536):
                    pass
            except OSError:
                pass

    def cut_fin(self):
        self.say(head(200, length(len(image))), half)
        self.fin()

    def cut_rst(self):
        self.say(head(200, length(len(image))), half)
        self.rst()

    def long_length(self):
        self.say(head(200, length(len(image) + 5000)), image)
        self.fin()

    def short_length(self):
        self.say(head(200, length(len(image) - 5000)), image)

    def short_body(self):
        self.say(head(200, length(len(half))), half)

    def flip(self):
        at = len(image) // 2
        self.say(head(200, length(len(image))),
                 image[:at] + bytes([image[at] ^ 1]) + image[at + 1:])

    def stall_body(self):
        self.say(head(200, length(len(image))), half)
        self.hold()

    def stall_header(self):
        self.say(head(200, length(len(image)))[:-2])
        self.hold()

    def no_response(self):
        self.hold()

    def garbage(self):
        self.say(b"\x01\x02\x03 this is no HTTP \xff\xfe" * 40)

    def chunked_cut(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(image)[:len(half)])
        self.fin()

    def chunk_bad_size(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(half), b"ZZZZ\r\n", half)
        self.fin()

    # What is no image.

    def redirect(self):
        self.say(head(302, "Location: /honest", length(0)))
        self.close_connection = False

    def redirect_loop(self):
        self.say(head(302, "Location: /redirect-loop", length(0)))
        self.close_connection = False

    def redirect_nowhere(self):
        self.say(head(302, length(0)))

    def redirect_http(self):
        self.say(head(302, f"Location: http://127.0.0.1:{plain_port}/honest", length(0)))

    def status_404(self):
        self.say(short(404))

    def status_416(self):
        self.say(short(416))

    def status_500(self):
        self.say(short(500))

    def status_401(self):
        self.say(short(401))
        self.close_connection = False

    def captive(self):
        page = b"<html><body>Please log in.</body></html>".ljust(4000)
        self.say(head(200, "Content-Type: text/html", length(len(page))), page)

    def empty(self):
        self.say(head(200, length(0)))

    def body_200(self):
        self.say(head(200, length(200)), image[:200])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass

    def shutdown_request(self, request):
        # A TLS socket ends with close_notify, as a careful server does.
        try:
            if isinstance(request, ssl.SSLSocket) and request.fileno() >= 0:
                request.settimeout(1)
                request = request.unwrap()
        except (OSError, ValueError):
            pass
        super().shutdown_request(request)


# The tests' threads have signals blocked, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
signal.alarm(240)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
plain = Server(("127.0.0.1", 0), Handler)
plain_port = plain.server_address[1]
threading.Thread(target=plain.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
