"""Serves one image over HTTP, well or badly: the first part of the path says how."""

import http.server
import signal
import sys
import threading
import time

image = open(sys.argv[1], "rb").read()
log = open(sys.argv[2], "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", length=None, **fields):
        self.send_response(status)
        if length != "none":
            self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def range(self, length=None):
        wanted = self.headers.get("Range")
        if self.command == "HEAD":
            return self.answer(200, image, length)
        if not wanted:
            return self.answer(200, image)
        first, last = wanted.removeprefix("bytes=").split("-")
        if int(first) >= len(image):
            return self.answer(416)
        self.answer(206, image[int(first) : int(last or len(image)) + 1])

    def do_GET(self):
        log.write(f"{self.command} {self.path} {self.headers.get('Range', '-')}\n")
        how, _, value = self.path[1:].partition("/")
        if how == "image":
            self.answer(200, image)
        elif how == "text":
            self.answer(200, value.encode())
        elif how == "status":
            self.answer(int(value), b"nothing")
        elif how == "redirect":
            left = int(value)
            self.answer(302, Location=f"/redirect/{left - 1}" if left > 1 else "/image")
        elif how == "nowhere":
            self.answer(302)
        elif how == "short":
            self.answer(200, image[: int(value)])
        elif how == "cut":
            self.answer(200, image[: int(value)], len(image))
            self.close_connection = True
        elif how == "length":
            self.answer(200, b"", value)
        elif how == "stall":
            self.answer(200, image[: int(value)], len(image))
            time.sleep(1.5)
            self.wfile.write(image[int(value) :])
        elif how == "eof":
            self.answer(200, image, "none", Connection="close")
            self.close_connection = True
        elif how == "range":
            self.range()
        elif how == "head-no-length":
            self.range("none")
        elif how == "head-less":
            self.range(len(image) - int(value))

    do_HEAD = do_GET


# The threads of a test have them blocked, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
watchdog = threading.Timer(120, server.shutdown)
watchdog.daemon = True
watchdog.start()
server.serve_forever()
