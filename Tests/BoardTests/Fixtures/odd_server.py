"""Serves what a JSON script on the standard input says.

The script is a list of connections, each a list of steps. It ends after the last, or after 30 s.
Prints the port, then one JSON line for each thing that it saw. Steps:
  "request"              reads a request
  "hello"                reads a ClientHello
  {"tls": {...}}         a handshake: cert, key, min, max, ciphers, client_ca
  {"send": text}         {"repeat": [text, count]}     {"drip": [text, bytes, seconds]}
  {"raw": text}          below TLS
  {"drip_tls": seconds}  from here on TLS goes out byte by byte, with that gap
  {"wait": seconds}      "close_notify"  "fin" "rst"  "hold" (until the client closes)
"""
import json
import re
import signal
import socket
import ssl
import struct
import sys
import time


def say(**what):
    print(json.dumps(what), flush=True)


class Connection:
    def __init__(self, plain):
        self.plain, self.tls, self.gap = plain, None, 0
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""

    def flush(self):
        out = self.outgoing.read()
        step = 1 if self.gap else max(len(out), 1)
        for at in range(0, len(out), step):
            self.plain.sendall(out[at:at + step])
            time.sleep(self.gap)

    def pump(self, action):
        while True:
            try:
                result = action()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.plain.recv(65536)
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()
            except ssl.SSLError:
                self.flush()
                raise

    def start_tls(self, options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if options.get("max") == "1.1":
            context.set_ciphers("ALL:@SECLEVEL=0")
        versions = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2,
                    "1.3": ssl.TLSVersion.TLSv1_3}
        context.minimum_version = versions[options.get("min", "1.1")]
        context.maximum_version = versions[options.get("max", "1.3")]
        if "ciphers" in options:
            context.set_ciphers(options["ciphers"])
        context.load_cert_chain(options["cert"], options["key"])
        if "client_ca" in options:
            context.load_verify_locations(options["client_ca"])
            context.verify_mode = ssl.CERT_REQUIRED
        context.sni_callback = lambda _, name, __: say(sni=name)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        try:
            self.pump(self.tls.do_handshake)
            say(handshake=self.tls.version(), cipher=self.tls.cipher()[0])
        except (ssl.SSLError, OSError) as error:
            say(refused=getattr(error, "reason", None) or type(error).__name__)
            raise EOFError

    def send(self, data):
        if self.tls:
            for at in range(0, len(data), 16384):
                self.pump(lambda: self.tls.write(data[at:at + 16384]))
        else:
            self.plain.sendall(data)

    def receive(self):
        return self.pump(lambda: self.tls.read(65536)) if self.tls else self.plain.recv(65536)

    def request(self):
        while b"\r\n\r\n" not in self.held:
            part = self.receive()
            if not part:
                say(ended=True)
                raise EOFError
            self.held += part
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)|$", head)[1] or 0)
        while len(self.held) < length:
            self.held += self.receive()
        body, self.held = self.held[:length], self.held[length:]
        say(request=head.decode("latin1"), body=body.decode("latin1"))

    def hello(self):
        head = self.plain.recv(5, socket.MSG_WAITALL)
        body = self.plain.recv(head[3] << 8 | head[4], socket.MSG_WAITALL)
        say(hello=(head + body).hex())

    def close_notify(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.flush()

    def rst(self):
        self.plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.plain.close()

    def hold(self):
        while self.plain.recv(65536):
            pass

    def step(self, step):
        if isinstance(step, str):
            if step == "fin":
                self.plain.shutdown(socket.SHUT_WR)
                self.hold()
            else:
                getattr(self, step)()
            return
        (name, value), = step.items()
        if name == "tls":
            self.start_tls(value)
        elif name == "send":
            self.send(value.encode("latin1"))
        elif name == "repeat":
            self.send((value[0] * value[1]).encode("latin1"))
        elif name == "raw":
            self.plain.sendall(value.encode("latin1"))
        elif name == "drip_tls":
            self.gap = value
        elif name == "wait":
            time.sleep(value)
        elif name == "drip":
            data = value[0].encode("latin1")
            for at in range(0, len(data), value[1]):
                self.send(data[at:at + value[1]])
                time.sleep(value[2])


# The tests' threads have signals blocked, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
signal.alarm(300)
listener = socket.create_server(("127.0.0.1", 0), backlog=16)
script = json.load(sys.stdin)
print(listener.getsockname()[1], flush=True)
for steps in script:
    plain, _ = listener.accept()
    connection = Connection(plain)
    try:
        for step in steps:
            connection.step(step)
    except (EOFError, OSError, ssl.SSLError):
        pass
    try:
        # Not with RST, which would overtake what was sent.
        connection.step("fin")
    except OSError:
        pass
    plain.close()
say(done=True)
