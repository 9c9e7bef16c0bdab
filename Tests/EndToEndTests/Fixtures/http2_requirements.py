"""Requirements of HTTP/2 and HPACK on a server, each tried with raw frames: `http2_requirements.py PORT`.

Prints a line for each: its number, ok or what came instead, and the requirement. The numbers are those of h2spec's
groups (generic, http2, hpack), whose requirements these are: sections of RFC 7540 and RFC 7541. The server listens on
loopback, speaks HTTP/2 with prior knowledge, and has /big, a body of more than 100,000 bytes, at every other path
something.
"""
import concurrent.futures
import socket
import struct
import sys

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
NAMES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
         "CONTINUATION"]
END_STREAM, ACK, END_HEADERS, PADDED, PRIO = 0x1, 0x1, 0x4, 0x8, 0x20
NO_ERROR, PROTOCOL, INTERNAL, FLOW, TIMEOUT, CLOSED, SIZE, REFUSED, CANCEL, COMPRESSION = range(10)
PORT = int(sys.argv[1])
CASES = []


def case(number, text):
    def add(function):
        CASES.append((number, text, function))
        return function
    return add


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    return (length if length is not None else len(payload)).to_bytes(3, "big") + bytes([kind, flags]) \
        + struct.pack(">I", stream) + payload


def literal(name, value):
    """A literal that enters no table (RFC 7541 6.2.2)."""
    def text(part):
        part = part.encode() if isinstance(part, str) else part
        head, rest = (bytes([len(part)]), b"") if len(part) < 127 else (b"\x7f", b"")
        if len(part) >= 127:
            number = len(part) - 127
            while number >= 128:
                rest += bytes([number % 128 + 128])
                number //= 128
            rest += bytes([number])
        return head + rest + part
    return b"\x00" + text(name) + text(value)


def block(method="GET", path="/", extra=(), leave=(), scheme="http", authority="localhost"):
    fields = [(":method", method), (":scheme", scheme), (":path", path), (":authority", authority)]
    return b"".join(literal(*field) for field in [f for f in fields if f[0] not in leave] + list(extra))


class Wrong(Exception):
    pass


class Connection:
    def __init__(self, settings=b"", shakes_hands=True):
        self.socket = socket.create_connection(("127.0.0.1", PORT), timeout=5)
        self.buffer = b""
        if shakes_hands:
            self.send(PREFACE, frame(SETTINGS, payload=settings))
            seen = set()
            while len(seen) < 2:
                kind, flags, _, _ = self.receive()
                if kind == SETTINGS:
                    seen.add(flags & ACK)
                    if not flags & ACK:
                        self.send(frame(SETTINGS, ACK))

    def send(self, *frames):
        try:
            self.socket.sendall(b"".join(frames))
        except OSError:
            pass

    def receive(self):
        """The next frame; None at the connection's end."""
        while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3], "big"):
            try:
                part = self.socket.recv(65536)
            except ConnectionResetError:
                part = b""
            except TimeoutError:
                raise Wrong("silence") from None
            if not part:
                return None
            self.buffer += part
        length = int.from_bytes(self.buffer[:3], "big")
        kind, flags, stream = self.buffer[3], self.buffer[4], struct.unpack(">I", self.buffer[5:9])[0]
        payload = self.buffer[9:9 + length]
        self.buffer = self.buffer[9 + length:]
        return kind, flags, stream, payload

    # What is expected

    def fails(self, *codes, stream=None):
        """An error of the connection, or of the stream if one is named; an end of the connection is one too."""
        while True:
            got = self.receive()
            if got is None:
                return
            kind, _, where, payload = got
            if kind == GOAWAY:
                code = struct.unpack(">I", payload[4:8])[0]
                if code not in codes:
                    raise Wrong(f"GOAWAY with {code}")
                return
            if kind == RST and stream is not None and where == stream:
                code = struct.unpack(">I", payload)[0]
                if code not in codes:
                    raise Wrong(f"RST_STREAM with {code}")
                return
            if kind == PING and payload == b"are you?":
                raise Wrong("the connection goes on")

    def ends(self, *codes):
        """As fails, and the connection is closed afterwards."""
        self.fails(*codes)
        while self.receive() is not None:
            pass

    def answers(self, stream=1, status=None):
        """A response, whole."""
        body = 0
        while True:
            got = self.receive()
            if got is None:
                raise Wrong("the connection ends")
            kind, flags, where, payload = got
            if kind in (RST, GOAWAY):
                raise Wrong(f"{NAMES[kind]} {payload.hex()}")
            if where == stream and kind == DATA:
                body += len(payload)
                credit = u32(max(1, len(payload)))
                self.send(frame(WINDOW, 0, 0, credit), frame(WINDOW, 0, stream, credit))
            if where == stream and flags & END_STREAM and kind in (DATA, HEADERS):
                return body

    def has(self, count):
        """A response with so many bytes, or more."""
        got = self.answers()
        if got < count:
            raise Wrong(f"{got} bytes")

    def lives(self):
        """The connection goes on: it answers a PING."""
        self.send(frame(PING, 0, 0, b"alive???"))
        while True:
            got = self.receive()
            if got is None:
                raise Wrong("the connection ends")
            kind, flags, _, payload = got
            if kind == GOAWAY:
                raise Wrong(f"GOAWAY {payload.hex()}")
            if kind == PING and flags & ACK and payload == b"alive???":
                return

    def asks(self, stream=1, **words):
        self.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, block(**words)))

    def begins(self, stream=1, **words):
        """A request whose body is to come."""
        self.send(frame(HEADERS, END_HEADERS, stream, block(method="POST", **words)))

    def next_data(self, stream=1):
        while True:
            got = self.receive()
            if got is None:
                raise Wrong("the connection ends")
            kind, _, where, payload = got
            if kind in (RST, GOAWAY):
                raise Wrong(f"{NAMES[kind]} {payload.hex()}")
            if kind == DATA and where == stream:
                return len(payload)


def settings(*pairs):
    return b"".join(struct.pack(">HI", number, value) for number, value in pairs)


u32 = lambda number: struct.pack(">I", number)


# generic

@case("generic/1/1", "a connection begins with the preface and SETTINGS")
def _(): Connection().lives()


@case("generic/2/1", "PRIORITY on an idle stream is taken")
def _():
    c = Connection(); c.send(frame(PRIORITY, 0, 1, u32(0) + b"\x0f")); c.asks(); c.answers()


@case("generic/2/2", "WINDOW_UPDATE on a half-closed (remote) stream is taken")
def _():
    c = Connection(settings((4, 0))); c.asks(path="/big"); c.send(frame(WINDOW, 0, 1, u32(10)))
    if c.next_data() > 10: raise Wrong("more than the window")


@case("generic/2/3", "PRIORITY on a half-closed (remote) stream is taken")
def _():
    c = Connection(); c.asks(); c.send(frame(PRIORITY, 0, 1, u32(0) + b"\x0f")); c.answers()


@case("generic/2/4", "RST_STREAM on a half-closed (remote) stream is taken")
def _():
    c = Connection(settings((4, 0))); c.asks(path="/big"); c.send(frame(RST, 0, 1, u32(CANCEL))); c.lives()


@case("generic/2/5", "PRIORITY on a closed stream is taken")
def _():
    c = Connection(); c.asks(); c.answers(); c.send(frame(PRIORITY, 0, 1, u32(0) + b"\x0f")); c.lives()


@case("generic/3.1/1", "a DATA frame is taken")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, END_STREAM, 1, b"test")); c.answers()


@case("generic/3.1/2", "several DATA frames are taken")
def _():
    c = Connection(); c.begins(); c.send(frame(DATA, 0, 1, b"test"), frame(DATA, END_STREAM, 1, b"test")); c.answers()


@case("generic/3.1/3", "a padded DATA frame is taken")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, END_STREAM | PADDED, 1, b"\x06test" + bytes(6))); c.answers()


@case("generic/3.2/1", "a HEADERS frame is taken")
def _(): c = Connection(); c.asks(); c.answers()


@case("generic/3.2/2", "a padded HEADERS frame is taken")
def _():
    c = Connection(); c.send(frame(HEADERS, 5 | PADDED, 1, b"\x06" + block() + bytes(6))); c.answers()


@case("generic/3.2/3", "a HEADERS frame with priority is taken")
def _(): c = Connection(); c.send(frame(HEADERS, 5 | PRIO, 1, u32(0) + b"\xff" + block())); c.answers()


for number, (what, payload) in enumerate([
        ("1", u32(0) + b"\x00"), ("256", u32(0) + b"\xff"), ("a dependency", u32(3) + b"\xff"),
        ("an exclusive dependency", u32(3 | 1 << 31) + b"\xff")], 1):
    @case(f"generic/3.3/{number}", f"a PRIORITY frame with {what} is taken")
    def _(payload=payload): c = Connection(); c.send(frame(PRIORITY, 0, 1, payload)); c.asks(); c.answers()


@case("generic/3.3/5", "PRIORITY of an idle stream, then a HEADERS frame on a lower one, is taken")
def _(): c = Connection(); c.send(frame(PRIORITY, 0, 7, u32(0) + b"\xff")); c.asks(5); c.answers(5)


@case("generic/3.4/1", "a RST_STREAM frame is taken")
def _(): c = Connection(); c.begins(); c.send(frame(RST, 0, 1, u32(CANCEL))); c.lives()


@case("generic/3.5/1", "a SETTINGS frame is taken")
def _(): c = Connection(settings((3, 100), (4, 65535))); c.lives()


@case("generic/3.7/1", "a PING frame is answered")
def _(): Connection().lives()


@case("generic/3.8/1", "a GOAWAY frame is taken")
def _(): c = Connection(); c.send(frame(GOAWAY, 0, 0, u32(0) + u32(0))); c.ends(NO_ERROR)


@case("generic/3.9/1", "WINDOW_UPDATE of the connection is taken")
def _(): c = Connection(); c.send(frame(WINDOW, 0, 0, u32(1))); c.asks(); c.answers()


@case("generic/3.9/2", "WINDOW_UPDATE of a stream is taken")
def _(): c = Connection(); c.begins(); c.send(frame(WINDOW, 0, 1, u32(1)), frame(DATA, 1, 1)); c.answers()


@case("generic/3.10/1", "a CONTINUATION frame is taken")
def _():
    c = Connection(); c.send(frame(HEADERS, 1, 1, block()), frame(CONTINUATION, 4, 1, literal("x-dummy", "1")))
    c.answers()


@case("generic/3.10/2", "several CONTINUATION frames are taken")
def _():
    c = Connection()
    c.send(frame(HEADERS, 1, 1, block()), frame(CONTINUATION, 0, 1, literal("x-dummy", "1")),
           frame(CONTINUATION, 4, 1, literal("x-dummy", "2")))
    c.answers()


@case("generic/4/1", "GET is answered")
def _(): c = Connection(); c.asks(path="/big"); c.has(100_000)


@case("generic/4/2", "HEAD is answered without a body")
def _():
    c = Connection(); c.asks(method="HEAD", path="/big")
    if c.answers(): raise Wrong("a body")


@case("generic/4/3", "POST is answered")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, 1, 1, b"test")); c.answers()


@case("generic/4/4", "POST with trailers is answered")
def _():
    c = Connection(); c.begins(extra=[("trailer", "x-test")])
    c.send(frame(DATA, 0, 1, b"test"), frame(HEADERS, 5, 1, literal("x-test", "ok"))); c.answers()


HPACK = [
    ("indexed fields", b"\x82\x86\x84" + b"\x41\x09localhost"),
    ("a literal with indexing, indexed name", block() + b"\x7a\x04test"),
    ("a literal with indexing, new name", block() + b"\x40\x06x-test\x04test"),
    ("a literal without indexing, indexed name", block() + b"\x0f\x2b\x04test"),
    ("a literal without indexing, new name", block() + b"\x00\x06x-test\x04test"),
    ("a literal never indexed, indexed name", block() + b"\x1f\x2b\x04test"),
    ("a literal never indexed, new name", block() + b"\x10\x06x-test\x04test"),
    ("an update of the dynamic table's size", b"\x20" + block()),
    ("a literal in Huffman's code", block() + b"\x00\x06x-test\x83\x49\x50\x9f"),
    ("a name in Huffman's code", block() + b"\x00\x83\x49\x50\x9f\x04test"),
    ("a literal with indexing in Huffman's code", block() + b"\x40\x83\x49\x50\x9f\x83\x49\x50\x9f"),
    ("a literal never indexed in Huffman's code", block() + b"\x10\x83\x49\x50\x9f\x83\x49\x50\x9f"),
    ("an entry of the dynamic table", block() + b"\x40\x06x-test\x04test" + b"\xbe"),
    ("two updates of the dynamic table's size", b"\x20\x3f\xe1\x1f" + block()),
    ("an eviction from the dynamic table", b"\x3f\x11" + block() + b"\x40\x06x-test\x04test\x40\x06y-test\x04test\xbe"),
]
for number, (what, fields) in enumerate(HPACK, 1):
    @case(f"generic/5/{number}", f"{what} is understood")
    def _(fields=fields): c = Connection(); c.send(frame(HEADERS, 5, 1, fields)); c.answers(); c.asks(3); c.answers(3)


# http2

@case("http2/3.5/1", "the server's preface is a SETTINGS frame")
def _():
    c = Connection(shakes_hands=False); c.send(PREFACE, frame(SETTINGS))
    if c.receive()[0] != SETTINGS: raise Wrong("another frame first")


@case("http2/3.5/2", "a wrong preface ends the connection")
def _(): c = Connection(shakes_hands=False); c.send(b"INVALID CONNECTION PREFACE\r\n\r\n"); c.socket.recv(65536); c.socket.settimeout(5)


@case("http2/4.1/1", "a frame of an unknown type is ignored")
def _(): c = Connection(); c.send(frame(0x16, 0, 0, bytes(8))); c.lives()


@case("http2/4.1/2", "undefined flags are ignored")
def _(): c = Connection(); c.send(frame(PING, 0x16, 0, b"alive???")); c.lives()


@case("http2/4.1/3", "the reserved bit of the stream is ignored")
def _(): c = Connection(); c.send(frame(PING, 0, 1 << 31, b"alive???")); c.lives()


@case("http2/4.2/1", "a DATA frame of 2^14 bytes is taken")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, 1, 1, bytes(1 << 14))); c.answers()


@case("http2/4.2/2", "a DATA frame beyond SETTINGS_MAX_FRAME_SIZE is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, 1, 1, bytes((1 << 14) + 1))); c.fails(SIZE, stream=1)


@case("http2/4.2/3", "a HEADERS frame beyond SETTINGS_MAX_FRAME_SIZE is FRAME_SIZE_ERROR")
def _():
    c = Connection(); c.send(frame(HEADERS, 5, 1, block(extra=[("x-dummy", "y" * (1 << 14))]))); c.ends(SIZE)


@case("http2/4.3/1", "a header block that is none is COMPRESSION_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 5, 1, b"\x40")); c.ends(COMPRESSION)


@case("http2/4.3/2", "PRIORITY inside a header block is PROTOCOL_ERROR")
def _():
    c = Connection(); c.send(frame(HEADERS, 0, 1, block()), frame(PRIORITY, 0, 1, u32(0) + b"\xff")); c.ends(PROTOCOL)


@case("http2/4.3/3", "HEADERS of another stream inside a header block is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 0, 1, block())); c.asks(3); c.ends(PROTOCOL)


for number, (name, bad) in enumerate([
        ("DATA", frame(DATA, 1, 1, b"test")), ("RST_STREAM", frame(RST, 0, 1, u32(CANCEL))),
        ("WINDOW_UPDATE", frame(WINDOW, 0, 1, u32(100))), ("CONTINUATION", frame(CONTINUATION, 4, 1, block()))], 1):
    @case(f"http2/5.1/{number}", f"{name} on an idle stream is PROTOCOL_ERROR")
    def _(bad=bad): c = Connection(); c.send(bad); c.ends(PROTOCOL)

AFTER = [("DATA", frame(DATA, 1, 1, b"test"), (CLOSED,)), ("HEADERS", frame(HEADERS, 5, 1, block()), (CLOSED,)),
         ("CONTINUATION", frame(CONTINUATION, 4, 1, literal("x", "y")), (CLOSED, PROTOCOL))]
for number, (name, bad, codes) in enumerate(AFTER):
    @case(f"http2/5.1/{5 + number}", f"{name} on a half-closed (remote) stream is STREAM_CLOSED")
    def _(bad=bad, codes=codes):
        c = Connection(settings((4, 0))); c.asks(path="/big"); c.send(bad); c.fails(*codes, stream=1)

    @case(f"http2/5.1/{8 + number}", f"{name} behind RST_STREAM is STREAM_CLOSED")
    def _(bad=bad, codes=codes):
        c = Connection(); c.begins(); c.send(frame(RST, 0, 1, u32(CANCEL)), bad); c.fails(*codes, stream=1)

    @case(f"http2/5.1/{11 + number}", f"{name} behind END_STREAM of both sides is STREAM_CLOSED")
    def _(bad=bad, codes=codes):
        c = Connection(); c.asks(); c.answers(); c.send(bad); c.fails(*codes, stream=1)


@case("http2/5.1.1/1", "an even-numbered stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.asks(2); c.ends(PROTOCOL)


@case("http2/5.1.1/2", "a stream with a lower number than one before it is PROTOCOL_ERROR")
def _(): c = Connection(); c.asks(5); c.answers(5); c.asks(3); c.ends(PROTOCOL)


@case("http2/5.1.2/1", "more streams than SETTINGS_MAX_CONCURRENT_STREAMS are refused")
def _():
    c = Connection(settings((4, 0)))
    for stream in range(1, 2 * 101 + 1, 2): c.asks(stream, path="/big")
    c.fails(PROTOCOL, REFUSED, stream=201)


@case("http2/5.3.1/1", "HEADERS that depend on their own stream are PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 5 | PRIO, 1, u32(1) + b"\xff" + block())); c.fails(PROTOCOL, stream=1)


@case("http2/5.3.1/2", "PRIORITY that depends on its own stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(PRIORITY, 0, 2, u32(2) + b"\xff")); c.fails(PROTOCOL, stream=2)


@case("http2/5.4.1/1", "an error of the connection closes it")
def _(): c = Connection(); c.send(frame(DATA, 1, 0, b"test")); c.ends(PROTOCOL)


@case("http2/5.4.1/2", "an error of the connection is said with GOAWAY")
def _():
    c = Connection(); c.send(frame(PING, 0, 3, bytes(8)))
    while True:
        got = c.receive()
        if got is None: raise Wrong("no GOAWAY")
        if got[0] == GOAWAY: return


@case("http2/5.5/1", "an unknown extension frame is ignored")
def _(): c = Connection(); c.send(frame(0x16, 0, 1, bytes(8))); c.asks(); c.answers()


@case("http2/5.5/2", "an unknown extension frame inside a header block is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 0, 1, block()), frame(0x16, 0, 0, bytes(8))); c.ends(PROTOCOL)


@case("http2/6.1/1", "DATA on stream 0 is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(DATA, 1, 0, b"test")); c.ends(PROTOCOL)


@case("http2/6.1/2", "DATA on a stream that is not open is STREAM_CLOSED")
def _(): c = Connection(settings((4, 0))); c.asks(path="/big"); c.send(frame(DATA, 1, 1, b"test")); c.fails(CLOSED, stream=1)


@case("http2/6.1/3", "DATA with more padding than bytes is PROTOCOL_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(DATA, 1 | PADDED, 1, b"\x06test")); c.ends(PROTOCOL)


@case("http2/6.2/1", "PRIORITY behind HEADERS without END_HEADERS is PROTOCOL_ERROR")
def _():
    c = Connection(); c.send(frame(HEADERS, 1, 1, block()), frame(PRIORITY, 0, 1, u32(0) + b"\xff")); c.ends(PROTOCOL)


@case("http2/6.2/2", "HEADERS of another stream behind HEADERS without END_HEADERS is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 1, 1, block()), frame(HEADERS, 5, 3, block())); c.ends(PROTOCOL)


@case("http2/6.2/3", "HEADERS on stream 0 is PROTOCOL_ERROR")
def _(): c = Connection(); c.asks(0); c.ends(PROTOCOL)


@case("http2/6.2/4", "HEADERS with more padding than bytes is PROTOCOL_ERROR")
def _():
    c = Connection(); fields = block(); c.send(frame(HEADERS, 5 | PADDED, 1, bytes([len(fields) + 2]) + fields)); c.ends(PROTOCOL)


@case("http2/6.3/1", "PRIORITY on stream 0 is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(PRIORITY, 0, 0, u32(1) + b"\xff")); c.ends(PROTOCOL)


@case("http2/6.3/2", "PRIORITY of another length than 5 is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(PRIORITY, 0, 1, u32(0))); c.fails(SIZE, stream=1)


@case("http2/6.4/1", "RST_STREAM on stream 0 is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(RST, 0, 0, u32(CANCEL))); c.ends(PROTOCOL)


@case("http2/6.4/2", "RST_STREAM on an idle stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(RST, 0, 1, u32(CANCEL))); c.ends(PROTOCOL)


@case("http2/6.4/3", "RST_STREAM of another length than 4 is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(RST, 0, 1, b"\0\0\0")); c.ends(SIZE)


@case("http2/6.5/1", "SETTINGS with ACK and a payload is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.send(frame(SETTINGS, ACK, 0, b"\0")); c.ends(SIZE)


@case("http2/6.5/2", "SETTINGS on a stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(SETTINGS, 0, 1, settings((3, 100)))); c.ends(PROTOCOL)


@case("http2/6.5/3", "SETTINGS of a length that is no multiple of 6 is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.send(frame(SETTINGS, 0, 0, b"\0\3\0")); c.ends(SIZE)


for number, (what, pair, code) in enumerate([
        ("SETTINGS_ENABLE_PUSH of 2", (2, 2), PROTOCOL),
        ("SETTINGS_INITIAL_WINDOW_SIZE beyond 2^31-1", (4, 1 << 31), FLOW),
        ("SETTINGS_MAX_FRAME_SIZE below 2^14", (5, (1 << 14) - 1), PROTOCOL),
        ("SETTINGS_MAX_FRAME_SIZE beyond 2^24-1", (5, 1 << 24), PROTOCOL)], 1):
    @case(f"http2/6.5.2/{number}", f"{what} is an error")
    def _(pair=pair, code=code): c = Connection(); c.send(frame(SETTINGS, payload=settings(pair))); c.ends(code)


@case("http2/6.5.2/5", "an unknown setting is ignored")
def _(): c = Connection(settings((0xFF, 1))); c.lives()


@case("http2/6.5.3/1", "settings are taken in their order")
def _():
    c = Connection(settings((4, 100), (4, 1))); c.asks(path="/big")
    if c.next_data() != 1: raise Wrong("not the last window")


@case("http2/6.5.3/2", "SETTINGS are acknowledged")
def _():
    c = Connection(); c.send(frame(SETTINGS, payload=settings((4, 1000))))
    while True:
        got = c.receive()
        if got is None: raise Wrong("the connection ends")
        if got[0] == SETTINGS and got[1] & ACK: return


@case("http2/6.7/1", "PING is answered with the same bytes")
def _(): Connection().lives()


@case("http2/6.7/2", "PING with ACK is not answered")
def _():
    c = Connection(); c.send(frame(PING, ACK, 0, b"invalid!"), frame(PING, 0, 0, b"h2spec..")); got = None
    while got is None or got[0] != PING: got = c.receive()
    if got[3] != b"h2spec..": raise Wrong(f"{got}")


@case("http2/6.7/3", "PING on a stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(PING, 0, 1, bytes(8))); c.ends(PROTOCOL)


@case("http2/6.7/4", "PING of another length than 8 is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.send(frame(PING, 0, 0, bytes(6))); c.ends(SIZE)


@case("http2/6.8/1", "GOAWAY on a stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(GOAWAY, 0, 1, u32(0) + u32(0))); c.ends(PROTOCOL)


@case("http2/6.9/1", "WINDOW_UPDATE of 0 on the connection is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(WINDOW, 0, 0, u32(0))); c.ends(PROTOCOL)


@case("http2/6.9/2", "WINDOW_UPDATE of 0 on a stream is PROTOCOL_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(WINDOW, 0, 1, u32(0))); c.fails(PROTOCOL, stream=1)


@case("http2/6.9/3", "WINDOW_UPDATE of another length than 4 is FRAME_SIZE_ERROR")
def _(): c = Connection(); c.send(frame(WINDOW, 0, 0, b"\0\0\1")); c.ends(SIZE)


@case("http2/6.9.1/1", "no more is sent than the window has")
def _():
    c = Connection(settings((4, 1))); c.asks(path="/big")
    if c.next_data() != 1: raise Wrong("more than the window")


@case("http2/6.9.1/2", "a connection's window beyond 2^31-1 is FLOW_CONTROL_ERROR")
def _(): c = Connection(); c.send(frame(WINDOW, 0, 0, u32((1 << 31) - 1)) * 2); c.ends(FLOW)


@case("http2/6.9.1/3", "a stream's window beyond 2^31-1 is FLOW_CONTROL_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(WINDOW, 0, 1, u32((1 << 31) - 1)) * 2); c.fails(FLOW, stream=1)


@case("http2/6.9.2/1", "SETTINGS_INITIAL_WINDOW_SIZE changes the windows of open streams")
def _():
    c = Connection(settings((4, 0))); c.asks(path="/big"); c.send(frame(SETTINGS, payload=settings((4, 1))))
    if c.next_data() != 1: raise Wrong("not the new window")


@case("http2/6.9.2/2", "a window may become negative")
def _():
    c = Connection(settings((4, 3))); c.asks(path="/big")
    if c.next_data() != 3: raise Wrong("not the window")
    c.send(frame(SETTINGS, payload=settings((4, 2))), frame(WINDOW, 0, 1, u32(2)))
    if c.next_data() != 1: raise Wrong("not what is left of it")


@case("http2/6.9.2/3", "SETTINGS_INITIAL_WINDOW_SIZE beyond 2^31-1 is FLOW_CONTROL_ERROR")
def _(): c = Connection(); c.send(frame(SETTINGS, payload=settings((4, (1 << 32) - 1)))); c.ends(FLOW)


@case("http2/6.10/1", "several CONTINUATION frames are one header block")
def _():
    c = Connection()
    c.send(frame(HEADERS, 1, 1, block()), frame(CONTINUATION, 0, 1, literal("x-a", "1")),
           frame(CONTINUATION, 4, 1, literal("x-b", "2")))
    c.answers()


@case("http2/6.10/2", "another frame between CONTINUATION frames is PROTOCOL_ERROR")
def _():
    c = Connection()
    c.send(frame(HEADERS, 0, 1, block()), frame(CONTINUATION, 0, 1, literal("x-a", "1")), frame(DATA, 1, 1, b"test"))
    c.ends(PROTOCOL)


@case("http2/6.10/3", "CONTINUATION on stream 0 is PROTOCOL_ERROR")
def _(): c = Connection(); c.send(frame(HEADERS, 1, 1, block()), frame(CONTINUATION, 4, 0, literal("x", "1"))); c.ends(PROTOCOL)


@case("http2/6.10/4", "CONTINUATION behind HEADERS with END_HEADERS is PROTOCOL_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(CONTINUATION, 4, 1, literal("x", "1"))); c.ends(PROTOCOL)


@case("http2/6.10/5", "CONTINUATION behind CONTINUATION with END_HEADERS is PROTOCOL_ERROR")
def _():
    c = Connection()
    c.send(frame(HEADERS, 0, 1, block(method="POST")), frame(CONTINUATION, 4, 1, literal("x", "1")),
           frame(CONTINUATION, 4, 1, literal("x", "1")))
    c.ends(PROTOCOL)


@case("http2/6.10/6", "CONTINUATION behind DATA is PROTOCOL_ERROR")
def _():
    c = Connection(); c.begins(); c.send(frame(DATA, 0, 1, b"test"), frame(CONTINUATION, 4, 1, literal("x", "1")))
    c.ends(PROTOCOL)


@case("http2/7/1", "GOAWAY with an unknown code is taken")
def _(): c = Connection(); c.send(frame(GOAWAY, 0, 0, u32(0) + u32(0xFF))); c.ends(NO_ERROR)


@case("http2/7/2", "RST_STREAM with an unknown code is taken")
def _(): c = Connection(); c.begins(); c.send(frame(RST, 0, 1, u32(0xFF))); c.lives()


@case("http2/8.1/1", "a second HEADERS frame without END_STREAM is PROTOCOL_ERROR")
def _():
    c = Connection(); c.begins(); c.send(frame(HEADERS, 4, 1, literal("x-test", "ok"))); c.fails(PROTOCOL, stream=1)


MALFORMED = {
    "http2/8.1.2/1": ("a field name in upper case", dict(extra=[("X-TEST", "ok")])),
    "http2/8.1.2.1/1": ("an unknown pseudo-header field", dict(extra=[(":test", "ok")])),
    "http2/8.1.2.1/2": ("a response's pseudo-header field", dict(extra=[(":status", "200")])),
    "http2/8.1.2.1/4": ("a pseudo-header field behind others", dict(leave=[":path"], extra=[("x", "y"), (":path", "/")])),
    "http2/8.1.2.2/1": ("a field of the connection", dict(extra=[("connection", "keep-alive")])),
    "http2/8.1.2.2/2": ("TE with another value than trailers", dict(extra=[("trailers", "test"), ("te", "trailers, deflate;q=0.5")])),
    "http2/8.1.2.3/1": ("an empty :path", dict(path="")),
    "http2/8.1.2.3/2": ("no :method", dict(leave=[":method"])),
    "http2/8.1.2.3/3": ("no :scheme", dict(leave=[":scheme"])),
    "http2/8.1.2.3/4": ("no :path", dict(leave=[":path"])),
    "http2/8.1.2.3/5": (":method twice", dict(extra=[(":method", "GET")])),
    "http2/8.1.2.3/6": (":scheme twice", dict(extra=[(":scheme", "http")])),
    "http2/8.1.2.3/7": (":path twice", dict(extra=[(":path", "/")])),
}
for number, (what, words) in MALFORMED.items():
    @case(number, f"{what} is PROTOCOL_ERROR")
    def _(words=words): c = Connection(); c.asks(**words); c.fails(PROTOCOL, stream=1)


@case("http2/8.1.2.1/3", "a pseudo-header field in trailers is PROTOCOL_ERROR")
def _():
    c = Connection(); c.begins(extra=[("trailer", "x-test")])
    c.send(frame(DATA, 0, 1, b"test"), frame(HEADERS, 5, 1, literal(":method", "GET"))); c.fails(PROTOCOL, stream=1)


@case("http2/8.1.2.6/1", "another body than Content-Length says is PROTOCOL_ERROR")
def _():
    c = Connection(); c.begins(extra=[("content-length", "1")]); c.send(frame(DATA, 1, 1, b"test")); c.fails(PROTOCOL, stream=1)


@case("http2/8.1.2.6/2", "another body, in several frames, than Content-Length says is PROTOCOL_ERROR")
def _():
    c = Connection(); c.begins(extra=[("content-length", "1")])
    c.send(frame(DATA, 0, 1, b"test"), frame(DATA, 1, 1, b"test")); c.fails(PROTOCOL, stream=1)


@case("http2/8.2/1", "PUSH_PROMISE of a client is PROTOCOL_ERROR")
def _(): c = Connection(); c.begins(); c.send(frame(PUSH, 4, 1, u32(3) + block())); c.ends(PROTOCOL)


# hpack

BROKEN = {
    "hpack/2.3.3/1": ("an index beyond the tables", block() + b"\xc6"),
    "hpack/2.3.3/2": ("a literal whose name's index is beyond the tables", block() + b"\x7f\x07\x04test"),
    "hpack/4.2/1": ("an update of the table's size behind fields", block() + b"\x20"),
    "hpack/5.2/1": ("Huffman's code with padding of more than 7 bits", block() + b"\x00\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff"),
    "hpack/5.2/2": ("Huffman's code padded with zeros", block() + b"\x00\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90"),
    "hpack/5.2/3": ("Huffman's code with EOS", block() + b"\x00\x85\xf2\xb2\x4a\x84\xff\x88\x49\x50\x9f\xff\xff\xff\xff\x8f"),
    "hpack/6.1/1": ("the index 0", block() + b"\x80"),
    "hpack/6.3/1": ("a table larger than SETTINGS_HEADER_TABLE_SIZE", b"\x3f\xe2\x1f" + block()),
}
for number, (what, fields) in BROKEN.items():
    @case(number, f"{what} is COMPRESSION_ERROR")
    def _(fields=fields): c = Connection(); c.send(frame(HEADERS, 5, 1, fields)); c.ends(COMPRESSION)


def run(item):
    number, text, function = item
    try:
        function()
        return number, "ok", text
    except Wrong as error:
        return number, str(error), text
    except Exception as error:
        return number, f"{type(error).__name__} {error}", text


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    for line in pool.map(run, CASES):
        print("\t".join(line))
