"""The clients that measure, none of them ours: each call returns figures of one run."""
import re
import socket
import ssl
import statistics
import subprocess
import time

SUITES = {
    ("1.2", "aes128", "ec"): "ECDHE-ECDSA-AES128-GCM-SHA256", ("1.2", "aes128", "rsa"): "ECDHE-RSA-AES128-GCM-SHA256",
    ("1.2", "chacha20", "ec"): "ECDHE-ECDSA-CHACHA20-POLY1305",
    ("1.3", "aes128", "ec"): "TLS_AES_128_GCM_SHA256", ("1.3", "aes128", "rsa"): "TLS_AES_128_GCM_SHA256",
    ("1.3", "chacha20", "ec"): "TLS_CHACHA20_POLY1305_SHA256",
}


# The rate at which slow devices come.
DEVICES_A_SECOND = 400


def run(cores, command, timeout=300):
    command = ["taskset", "-c", ",".join(map(str, cores)), *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


def number(pattern, text):
    found = re.search(pattern, text)
    if not found:
        raise SystemExit(f"nothing like '{pattern}' in:\n{text}")
    return float(found.group(1))


def seconds(text):
    """A duration as h2load writes it: 12us, 3.4ms, 5.67s."""
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


def curl(server, work, names, cores, http="1.1", tls="1.3", cipher="aes128", key="ec"):
    """One connection that fetches files in turn: bytes a second by curl's clock, and seconds of CPU for a GiB."""
    suite = SUITES[tls, cipher, key]
    command = ["curl", "-sS", "--fail", {"1.1": "--http1.1", "2": "--http2"}[http],
               "--cacert", str(work.certificate(key)), "--resolve", f"localhost:{server.port}:127.0.0.1",
               f"--tlsv{tls}", "--tls-max", tls, "--tls13-ciphers" if tls == "1.3" else "--ciphers", suite,
               "-w", "%{size_download} %{time_total} %{time_pretransfer} %{time_starttransfer} %{http_version}\n"]
    for name in names:
        command += ["-o", "/dev/null", f"https://localhost:{server.port}/{name}"]
    before = server.cpu_seconds()
    lines = [line.split() for line in run(cores, command).splitlines()]
    cpu = server.cpu_seconds() - before
    assert all(line[4] == http for line in lines), f"another version of HTTP than {http}"
    size = sum(int(line[0]) for line in lines)
    return {
        "MB/s": size / sum(float(line[1]) for line in lines) / 1e6,
        "CPU s/GiB": cpu / (size / 2**30),
        "first byte, ms": statistics.median(float(line[3]) - float(line[2]) for line in lines) * 1e3,
    }


def s_time(server, cores, tls, key, resumed, duration=2):
    """Handshakes one after the other by one client: a second, and CPU of each."""
    suite = SUITES[tls, "aes128", key]
    command = ["openssl", "s_time", "-connect", f"127.0.0.1:{server.port}", "-time", str(duration),
               "-reuse" if resumed else "-new", "-tls1_3" if tls == "1.3" else "-tls1_2",
               "-ciphersuites" if tls == "1.3" else "-cipher", suite]
    before = server.cpu_seconds()
    text = run(cores, command)
    cpu = server.cpu_seconds() - before
    count = number(r"(\d+) connections in [\d.]+ real seconds", text)
    real = number(r"connections in ([\d.]+) real seconds", text)
    return {"handshakes/s": count / real, "CPU us each": cpu / count * 1e6}


def wrk(server, cores, name, connections=32, duration=3):
    """Requests of HTTP/1.1 on kept connections."""
    before = server.cpu_seconds()
    text = run(cores, ["wrk", "-t1", f"-c{connections}", f"-d{duration}s", f"https://127.0.0.1:{server.port}/{name}"])
    cpu = server.cpu_seconds() - before
    assert "Non-2xx" not in text and "Socket errors" not in text, text
    count = number(r"(\d+) requests in", text)
    return {"requests/s": number(r"Requests/sec:\s+([\d.]+)", text), "CPU us each": cpu / count * 1e6}


def h2load(server, cores, name, requests, connections=8, streams=10):
    """Requests of HTTP/2, many at once on each connection."""
    before = server.cpu_seconds()
    text = run(cores, ["h2load", "-n", str(requests), "-c", str(connections), "-m", str(streams),
                       f"https://127.0.0.1:{server.port}/{name}"])
    cpu = server.cpu_seconds() - before
    assert f" {requests} succeeded, 0 failed" in text, text
    return {"requests/s": number(r"([\d.]+) req/s", text), "CPU us each": cpu / requests * 1e6}


def slow_devices(server, cores, name, connections, work_of):
    """So many connections that download one file each, at the rate that the server gives them.

    The file takes about a minute: how long each took tells its rate. `work_of` is called in the middle, once all
    are connected, and returns what else is to be told of the server.
    """
    process = subprocess.Popen(
        ["taskset", "-c", ",".join(map(str, cores)), "h2load", "--h1", "-n", str(connections), "-c", str(connections),
         "-T", "300s", "-N", "300s", "-r", str(min(DEVICES_A_SECOND, connections)),
         f"https://127.0.0.1:{server.port}/{name}"],
        stdout=subprocess.PIPE, text=True)
    more = work_of()
    text, _ = process.communicate(timeout=600)
    assert f" {connections} succeeded, 0 failed" in text, text
    line = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)", text)
    low, high, mean = (seconds(value) for value in line.groups())
    return {"shortest, s": low, "longest, s": high, "mean, s": mean, **more}


class Connection:
    """A TLS connection of Python's, for what no program shows: when each byte came."""

    def __init__(self, server, work, key="ec"):
        context = ssl.create_default_context(cafile=str(work.certificate(key)))
        self.raw = socket.create_connection(("127.0.0.1", server.port), 10)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = context.wrap_socket(self.raw, server_hostname="localhost")

    def get(self, name):
        """Sends the request and returns when that was."""
        now = time.monotonic()
        self.tls.sendall(f"GET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return now

    def arrivals(self, duration):
        """The moments at which bytes of the response came, and how many had come by then; heads are not counted."""
        text, total, list_ = b"", None, []
        end = time.monotonic() + duration
        self.tls.settimeout(duration + 5)
        while time.monotonic() < end:
            part = self.tls.recv(65536)
            if not part:
                break
            now = time.monotonic()
            if total is None:
                text += part
                if b"\r\n\r\n" not in text:
                    continue
                total, part = 0, text.split(b"\r\n\r\n", 1)[1]
            total += len(part)
            if part:
                list_.append((now, total))
        return list_

    def close(self):
        self.tls.close()
