"""Serves an image over TLS by Python's ssl, in the way that the path names:
`update_server.py CERT KEY IMAGE OTHER LOG`. Each request is a line of LOG: the client's port, the path,
and the fields Range and If-Range, separated by tabs.

/honest is what ESP-IDF's own tests are run against: http.server over ssl. Prints the port of HTTPS.
OTHER is another image, for the paths that swap it.
"""
import email.utils
import gzip
import hashlib
import http.server
import os
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time

cert, key, image_file, other_file, log_file = sys.argv[1:]
image = open(image_file, "rb").read()
half = image[:len(image) // 2 // 1024 * 1024 + 100]
lock = threading.Lock()
seen = {}  # how often each path was asked for, with what is behind its question mark


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
        fields = [self.headers.get(name, "") for name in ("Range", "If-Range")]
        with lock, open(log_file, "a") as log:
            log.write("\t".join([str(self.client_address[1]), self.path, *fields]) + "\n")
            self.number = seen[self.path] = seen.get(self.path, 0) + 1
        self.close_connection = True
        kind = self.path.split("?")[0].strip("/").replace("-", "_")
        status = re.fullmatch(r"status_(\d+)(_image)?", kind)
        if status and not hasattr(self, kind):
            code, has_image = int(status[1]), status[2]
            self.say(head(code, length(len(image))), image) if has_image else self.say(short(code))
        else:
            getattr(self, kind)()

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

    def slow(self):
        self.say(head(200, length(len(image))))
        for at in range(0, len(image), 30000):
            self.say(image[at:at + 30000])
            time.sleep(0.5)

    def chunk_extras(self):
        parts = chunks(image).replace(b"\r\n", b";name=value\r\n", 1)
        self.say(head(200, "Transfer-Encoding: chunked"), parts, b"0\r\nX-Trailer: yes\r\n\r\n")

    def header_lines(self):
        self.say(b"HTTP/1.1 200 Whatever\r\n")
        for number in range(8):
            self.say(b"X-Line: %d\r\n" % number)
            time.sleep(0.1)
        self.say(length(len(image)).encode() + b"\r\n\r\n", image)

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

    def cut_at_sector(self):
        self.whole(image[:len(image) // 4096 * 4096])

    def cut_at_sector_in_chunks(self):
        self.say(head(200, "Transfer-Encoding: chunked"),
                 chunks(image[:len(image) // 4096 * 4096]), b"0\r\n\r\n")

    def cut_before_end(self):
        self.whole(image[:-16])

    def flip(self):
        at = len(image) // 2
        self.say(head(200, length(len(image))),
                 image[:at] + bytes([image[at] ^ 1]) + image[at + 1:])

    def stall_body(self):
        self.say(head(200, length(len(image))), half)
        self.hold()

    def cut_aligned(self):
        self.say(head(200, length(len(image))), half[:len(half) // 1024 * 1024])
        self.close_notify()
        self.fin()

    def cut_no_length(self):
        self.say(head(200), half)
        self.fin()

    def stall_start(self):
        self.say(head(200, length(len(image))), image[:500])
        self.hold()

    def trickle(self):
        """A byte at a time, without end."""
        self.say(head(200, length(len(image))), half)
        for at in range(len(half), len(image)):
            self.say(image[at:at + 1])
            time.sleep(0.1)

    def close_silently(self):
        self.fin()

    def reset(self):
        self.rst()

    def below_tls(self, data):
        self.say(head(200, length(len(image))), half)
        with self.plain_socket() as plain:
            plain.sendall(data)
            plain.settimeout(60)
            while plain.recv(65536):
                pass

    def bad_record(self):
        self.below_tls(b"\x17\x03\x03\x00\x40" + b"\x55" * 64)

    def big_record(self):
        self.below_tls(b"\x17\x03\x03\x48\x00" + b"\x55" * 0x4800)

    def plain_alert(self):
        self.below_tls(b"\x15\x03\x03\x00\x02\x02\x28")

    def header_lines_forever(self):
        self.say(b"HTTP/1.1 200 Whatever\r\n")
        while True:
            self.say(b"X-Line: again\r\n")
            time.sleep(0.1)

    def header_bytes_forever(self):
        self.say(b"HTTP/1.1 200 Whatever\r\nX-Line: ")
        while True:
            self.say(b"x")
            time.sleep(0.1)

    def header_90k(self):
        self.say(b"HTTP/1.1 200 Whatever\r\n" + b"X-Filler: 3456789\r\n" * 4740,
                 (length(len(image)) + "\r\n\r\n").encode(), image)
        self.hold()

    def stall_header(self):
        self.say(head(200, length(len(image)))[:-2])
        self.hold()

    def no_response(self):
        self.hold()

    def garbage(self):
        self.say(b"\x01\x02\x03 this is no HTTP \xff\xfe" * 40)

    def no_head(self):
        self.say(image)

    def two_lengths(self):
        self.say(head(200, length(len(image)), length(len(image) + 1)), image)
        self.hold()

    def length_and_chunks(self):
        self.say(head(200, length(len(image)), "Transfer-Encoding: chunked"), chunks(image),
                 b"0\r\n\r\n")
        self.hold()

    def length_negative(self):
        self.say(head(200, length(-5)), image)

    def length_no_number(self):
        self.say(head(200, length("many")), image)

    def length_1e12(self):
        self.say(head(200, length(10 ** 12)), image)
        self.hold()

    def length_4g(self):
        self.say(head(200, length(2 ** 32 + len(image))), image)
        self.hold()

    def early_hints(self):
        self.say(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        time.sleep(0.2)
        self.say(head(200, length(len(image))), image)

    def encoded(self):
        data = gzip.compress(image)
        self.say(head(200, length(len(data)), "Content-Encoding: gzip"), data)

    def encoded_silently(self):
        data = gzip.compress(image)
        self.say(head(200, length(len(data))), data)

    def encoded_in_word(self):
        self.say(head(200, length(len(image)), "Content-Encoding: br"), image)

    def chunk_no_end(self):
        """Well past the image, so that it is whole all the same."""
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(image))
        self.hold()

    def chunk_no_end_short(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(half))
        self.hold()

    def chunked_short(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(half), b"0\r\n\r\n")

    def endless(self):
        self.say(head(200, "Transfer-Encoding: chunked"), chunks(image))
        while True:
            self.say(chunks(b"\x5a" * 16384))

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

    def redirect_to(self, location, *fields):
        self.say(head(302, f"Location: {location}", *fields))

    def redirect_1(self):
        self.redirect_to("/honest", length(0))

    def redirect_2(self):
        self.redirect_to("/redirect-1", length(0))

    def redirect_3(self):
        self.redirect_to("/redirect-2", length(0))

    def redirect_4(self):
        self.redirect_to("/redirect-3", length(0))

    def redirect_5(self):
        self.redirect_to("/redirect-4", length(0))

    def redirect_6(self):
        self.redirect_to("/redirect-5", length(0))

    def redirect_relative(self):
        self.redirect_to("honest", length(0))

    def redirect_ftp(self):
        self.redirect_to(f"ftp://127.0.0.1:{port}/honest", length(0))

    def redirect_close(self):
        self.redirect_to(f"https://127.0.0.1:{port}/honest", "Connection: close")

    def redirect_name(self):
        """The certificate is for 127.0.0.1 alone."""
        self.redirect_to(f"https://localhost:{port}/honest", length(0))

    def redirect_closed(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            closed = free.getsockname()[1]
        self.redirect_to(f"https://127.0.0.1:{closed}/honest", length(0))

    def redirect_full(self):
        """To a port where nobody accepts and no more is taken in line."""
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        Handler.kept_full = getattr(Handler, "kept_full", []) + [full, *waiting]
        self.redirect_to(f"https://127.0.0.1:{full.getsockname()[1]}/honest", length(0))

    def redirect_port(self):
        self.redirect_to(f"https://127.0.0.1:{second_port}/strict-host", length(0))

    def redirect_long(self):
        self.redirect_to("/" + "x" * 2000, length(0))

    def strict_host(self):
        is_right = self.headers["Host"] == f"127.0.0.1:{second_port}"
        self.honest() if is_right else self.say(short(421))

    def status_401(self):
        self.say(short(401))
        self.close_connection = False

    def auth_basic(self):
        self.say(head(401, 'WWW-Authenticate: Basic realm="x"', length(9)), b"no image\n")

    # What may be asked for again.

    def once(self, *wrong):
        self.say(*wrong) if self.number == 1 else self.whole()

    def once_503(self):
        self.once(short(503))

    def once_429(self):
        self.once(short(429))

    def once_408(self):
        self.once(short(408))

    def whole(self, data=image, *fields):
        self.say(head(200, length(len(data)), *fields), data)

    # What breaks in its middle, and goes on in some way.

    def file(self):
        """As it is now, and its entity tag."""
        with open(image_file, "rb") as opened:
            data = opened.read()
        return data, '"' + hashlib.sha256(data).hexdigest()[:16] + '"'

    def asked_from(self):
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(found[1]) if found else 0

    def part(self, data, start, *fields, says=None):
        says = says or f"bytes {start}-{len(data) - 1}/{len(data)}"
        rest = data[start:]
        self.say(head(206, length(len(rest)), f"Content-Range: {says}", *fields), rest)

    def broken(self, data, *fields):
        self.say(head(200, length(len(data)), *fields), data[:len(half)])
        self.fin()

    def resumable(self, *fields, validator=None, breaks=True):
        """As a good server, whose first answer breaks."""
        data, tag = self.file()
        validator = validator or tag
        fields = fields or (f"ETag: {tag}",)
        start = self.asked_from()
        if start == 0 and breaks and self.number == 1:
            self.broken(data, *fields)
        elif start == 0:
            self.whole(data, *fields)
        elif self.headers.get("If-Range", validator) != validator:
            self.whole(data, *fields)
        elif start >= len(data):
            self.say(head(416, f"Content-Range: bytes */{len(data)}", length(0)))
        else:
            self.part(data, start, *fields)

    def ranges(self):
        self.resumable(breaks=False)

    def resume(self):
        self.resumable()

    def resume_date(self):
        date = email.utils.formatdate(os.path.getmtime(image_file), usegmt=True)
        self.resumable(f"Last-Modified: {date}", validator=date)

    def resume_weak(self):
        self.resumable('ETag: W/"weak"')

    def resume_plain(self):
        self.resumable("X-Nothing: at all")

    def resume_redirect(self):
        self.redirect_to("/resume", length(0))

    def rest(self, answer):
        """The first answer breaks; what is asked for from a byte on is answered so."""
        data, tag = self.file()
        start = self.asked_from()
        if start > 0:
            answer(data, start, f"ETag: {tag}")
        elif self.number == 1:
            self.broken(data, f"ETag: {tag}")
        else:
            self.whole(data, f"ETag: {tag}")

    def rest_whole(self):
        self.rest(lambda data, start, tag: self.whole(data, tag))

    def rest_416(self):
        self.rest(lambda data, start, tag: self.say(short(416)))

    def rest_404(self):
        self.rest(lambda data, start, tag: self.say(short(404)))

    def rest_shifted(self):
        """In chunks, so that no length tells it too."""
        self.rest(lambda data, start, tag: self.say(
            head(206, "Transfer-Encoding: chunked", tag,
                 f"Content-Range: bytes {start + 16}-{len(data) - 1}/{len(data)}"),
            chunks(data[start + 16:]), b"0\r\n\r\n"))

    def rest_earlier(self):
        self.rest(lambda data, start, tag: self.part(data, 0, tag))

    def rest_shifted_silently(self):
        self.rest(lambda data, start, tag: self.part(
            data[16:] + data[:16], start, tag))

    def rest_empty(self):
        self.rest(lambda data, start, tag: self.say(head(
            206, length(0), tag, f"Content-Range: bytes {start}-{len(data) - 1}/{len(data)}")))

    def rest_no_range(self):
        self.rest(lambda data, start, tag: self.say(
            head(206, length(len(data) - start), tag), data[start:]))

    def rest_star(self):
        self.rest(lambda data, start, tag: self.part(
            data, start, tag, says=f"bytes {start}-{len(data) - 1}/*"))

    def rest_longer(self):
        self.rest(lambda data, start, tag: self.part(
            data, start, tag, says=f"bytes {start}-{len(data) + 15}/{len(data) + 16}"))

    def rest_small(self):
        self.rest(lambda data, start, tag: self.say(
            head(206, length(100), tag, f"Content-Range: bytes {start}-{start + 99}/{len(data)}"),
            data[start:start + 100]))

    def rest_silent(self):
        self.rest(lambda data, start, tag: self.fin() if self.number == 2 else self.part(
            data, start, tag))

    def rest_breaks(self):
        """Each answer breaks after some sectors."""
        data, tag = self.file()
        start = self.asked_from()
        status = 206 if start else 200
        where = f"Content-Range: bytes {start}-{len(data) - 1}/{len(data)}"
        self.say(head(status, length(len(data) - start), where, f"ETag: {tag}"),
                 data[start:start + 20000])
        self.fin()

    def other(self):
        with open(other_file, "rb") as opened:
            return opened.read()

    def swapped(self):
        """Another image from the second request on, by a server that knows If-Range."""
        data = self.other()
        if self.number == 1:
            self.broken(image, 'ETag: "old"')
        elif self.asked_from() and self.headers.get("If-Range") == '"new"':
            self.part(data, self.asked_from(), 'ETag: "new"')
        else:
            self.whole(data, 'ETag: "new"')

    def swapped_206(self):
        """The same, by one that does not."""
        data = self.other()
        if self.number == 1:
            self.broken(image, 'ETag: "old"')
        elif self.asked_from():
            self.part(data, self.asked_from(), 'ETag: "new"')
        else:
            self.whole(data, 'ETag: "new"')

    def swapped_silently(self):
        """The same, by one that calls both by one name."""
        data = self.other()
        if self.number == 1:
            self.broken(image, 'ETag: "same"')
        elif self.asked_from():
            self.part(data, self.asked_from(), 'ETag: "same"')
        else:
            self.whole(data, 'ETag: "same"')

    # What says which image is to come.

    def manifest(self, *more, sha256=None):
        digest = sha256 or hashlib.sha256(image).hexdigest()
        text = "\n".join([f"sha256={digest}", *more, ""]).encode()
        self.say(head(200, length(len(text))), text)

    def manifest_now(self):
        self.manifest(sha256=hashlib.sha256(self.file()[0]).hexdigest())

    def manifest_full(self):
        self.manifest("# of the demo image", f"size={len(image)}", "version=2.0.0", "later=yes")

    def manifest_other(self):
        self.manifest(sha256=hashlib.sha256(b"another").hexdigest())

    def manifest_of_other(self):
        self.manifest(sha256=hashlib.sha256(self.other()).hexdigest())

    def manifest_size(self):
        self.manifest(f"size={len(image) + 16}")

    def manifest_version(self):
        self.manifest("version=2.0.1")

    def manifest_no_digits(self):
        self.manifest(sha256="x" * 64)

    def manifest_short(self):
        self.manifest(sha256="0" * 63)

    def manifest_twice(self):
        self.manifest("sha256=" + "0" * 64)

    def manifest_empty(self):
        self.say(head(200, length(0)))

    def manifest_page(self):
        self.captive()

    def manifest_huge(self):
        self.manifest("#" * 4000)

    def manifest_trickle(self):
        self.say(head(200, length(1000)))
        while True:
            self.say(b"#")
            time.sleep(0.1)

    def manifest_stall(self):
        self.say(head(200, length(1000)), b"sha256=")
        self.hold()

    def manifest_once(self):
        self.say(short(503)) if self.number == 1 else self.manifest()

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


def end_with_parent(parent):
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


# The tests' threads have signals blocked, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
threading.Thread(target=end_with_parent, args=[os.getppid()], daemon=True).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
port = server.server_address[1]
plain = Server(("127.0.0.1", 0), Handler)
plain_port = plain.server_address[1]
second = Server(("127.0.0.1", 0), Handler)
second_port = second.server_address[1]
second.socket = context.wrap_socket(second.socket, server_side=True, do_handshake_on_connect=False)
for more in plain, second:
    threading.Thread(target=more.serve_forever, daemon=True).start()
print(port, flush=True)
server.serve_forever()
