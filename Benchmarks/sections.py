"""What is measured. A section takes a Bench and returns tables; its docstring says what it shows."""
import concurrent.futures
import resource
import statistics
import subprocess
import sys
import time

import clients
import servers

MIB = 1 << 20
OURS = "faultserve"


class Bench:
    """Where servers and clients run, and how often."""

    def __init__(self, work, rounds, connections):
        self.work = work
        self.rounds = rounds
        self.connections = connections
        self.server_cores, self.client_cores, self.all_cores = [0], [1], [0, 1]

    def start(self, peers, **options):
        """Ours first, then each that is named."""
        makers = {"h2o": servers.h2o, "nghttpd": servers.nghttpd}
        cores = self.server_cores if options.get("workers", 1) == 1 else self.all_cores
        started = [servers.faultserve(self.work, cores, **options)]
        for peer in peers:
            if peer in makers:
                started.append(makers[peer](self.work, cores, **options))
            else:
                started.append(servers.nginx(self.work, cores, buffer=peer.split()[-1], **options))
        return started

    def compare(self, started, measure, rounds=None):
        """Each server once a round, in turn, so that a machine that drifts drifts for all of them."""
        runs = {server.name: [] for server in started}
        for _ in range(rounds or self.rounds):
            for server in started:
                runs[server.name].append(measure(server))
        return runs


class Stopping:
    """Stops servers at the end of a block."""

    def __init__(self, started):
        self.started = started

    def __enter__(self):
        return self.started

    def __exit__(self, *_):
        for server in self.started:
            server.stop()


def table(case, runs):
    """A row for each server: its medians, and the ratio of ours to it, taken round by round."""
    rows = []
    for name, figures in runs.items():
        row = {"case": case, "server": name, "figures": {}, "ours to it": {}}
        for figure in figures[0]:
            row["figures"][figure] = statistics.median(run[figure] for run in figures)
            ratios = [ours[figure] / its[figure] for ours, its in zip(runs[OURS], figures) if its[figure]]
            if ratios:
                row["ours to it"][figure] = [statistics.median(ratios), min(ratios), max(ratios)]
        rows.append(row)
    return rows


NGINX = [f"nginx {size}" for size in servers.BUFFERS]


def bulk(bench):
    """One client downloads on one kept connection: files of 1 MiB, 64 MiB and 1 GiB, by version and cipher."""
    rows = []
    with Stopping(bench.start([*NGINX, "h2o", "nghttpd"])) as started:
        for http in ("1.1", "2"):
            peers = [server for server in started if http == "2" or server.name != "nghttpd"]
            for tls in ("1.3", "1.2"):
                for size, count, cipher in ((1, 256, "aes128"), (64, 6, "aes128"), (1024, 1, "aes128"),
                                            (64, 3, "chacha20")):
                    names = [bench.work.file(f"{size}MiB.bin", size * MIB)] * count
                    runs = bench.compare(peers, lambda server: {
                        name: value for name, value in clients.curl(
                            server, bench.work, names, bench.client_cores, http, tls, cipher).items()
                        if name in ("MB/s", "CPU s/GiB")})
                    rows += table(f"HTTP/{http}, TLS {tls}, {cipher}, {size} MiB", runs)
    return rows


def workers(bench):
    """Two workers and two clients, which share the cores: what a second worker costs."""
    rows = []
    names = [bench.work.file("64MiB.bin", 64 * MIB)] * 8

    def two(server):
        before = server.cpu_seconds()
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: clients.curl(server, bench.work, names, bench.all_cores), range(2)))
        size = 2 * len(names) * 64 * MIB
        return {"MB/s": size / (time.monotonic() - begun) / 1e6,
                "CPU s/GiB": (server.cpu_seconds() - before) / (size / 2**30)}

    for count in (1, 2):
        with Stopping(bench.start(["nginx 128k", "h2o"], workers=count)) as started:
            rows += table(f"HTTP/1.1, TLS 1.3, 64 MiB, workers: {count}", bench.compare(started, two))
    return rows


def handshakes(bench):
    """One client shakes hands again and again, in full or with a ticket."""
    rows = []
    for key in ("rsa", "ec"):
        with Stopping(bench.start(["nginx 16k", "h2o"], key=key)) as started:
            for tls in ("1.3", "1.2"):
                # openssl s_time resumes no session of TLS 1.3, whatever it is told.
                for resumed in (False, True) if tls == "1.2" else (False,):
                    runs = bench.compare(started, lambda server: clients.s_time(
                        server, bench.client_cores, tls, key, resumed, duration=1))
                    name = {"rsa": "RSA-2048", "ec": "P-256"}[key]
                    rows += table(f"{name}, TLS {tls}, {'resumed' if resumed else 'full'}", runs)
    return rows


def requests(bench):
    """Small files on kept connections: 1 KiB, HTTP/1.1 on 32 connections, HTTP/2 on 8 with 10 streams each."""
    name = bench.work.file("1KiB.bin", 1024)
    rows = []
    with Stopping(bench.start(["nginx 16k", "h2o", "nghttpd"])) as started:
        runs = bench.compare(started[:-1], lambda server: clients.wrk(server, bench.client_cores, name, duration=2))
        rows += table("HTTP/1.1, 1 KiB", runs)
        runs = bench.compare(started, lambda server: clients.h2load(server, bench.client_cores, name, 100_000))
        rows += table("HTTP/2, 1 KiB", runs)
    return rows


def first_byte(bench):
    """From the request to the first byte of the response, on a kept connection."""
    names = [bench.work.file("16MiB.bin", 16 * MIB)] * 20
    rows = []
    with Stopping(bench.start(["nginx 16k", "h2o"])) as started:
        for http in ("1.1", "2"):
            runs = bench.compare(started, lambda server: {"first byte, ms": clients.curl(
                server, bench.work, names, bench.client_cores, http)["first byte, ms"]})
            rows += table(f"HTTP/{http}, 16 MiB", runs)
    return rows


def idle(bench):
    """Memory of a connection that has had one response and waits."""
    name = bench.work.file("1KiB.bin", 1024)
    rows = []
    count = 500
    with Stopping(bench.start(["nginx 16k", "h2o"])) as started:
        def measure(server):
            before = server.memory()
            open_ = [clients.Connection(server, bench.work) for _ in range(count)]
            for connection in open_:
                connection.get(name)
            for connection in open_:
                connection.tls.recv(4096)
            time.sleep(0.2)
            after = server.memory()
            for connection in open_:
                connection.close()
            return {"KiB each": (after - before) / count / 1024}
        rows += table(f"{count} connections", bench.compare(started, measure, rounds=1))
    return rows


SLOW = """story: Every device gets so much a second.
rules:
  - fault: throttle
    rate: {rate}
    when: {{ path: /{name} }}
"""


def slow(bench):
    """Thousands of devices at 1 KiB/s each, for a minute: memory, processor time, and how exact each one's rate is.

    They come 400 a second, so that no request waits behind a thousand handshakes. What is measured of the server is
    measured once all are there and none has finished; then an honest client downloads beside them.
    """
    count = bench.connections
    # The server keeps an eighth of them for files.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] * 7 // 8 - 200
    if count > most:
        sys.exit(f"{count} connections are more than a process may open here; write --connections {most}, or raise "
                 "the hard limit (ulimit -Hn)")
    name, quick = bench.work.file("60KiB.bin", 60 * 1024), bench.work.file("64MiB.bin", 64 * MIB)
    makers = {
        OURS: lambda: servers.faultserve(
            bench.work, bench.server_cores, profile=SLOW.format(rate="1KiB/s", name=name),
            arguments=["--limit", "send=1h", "--limit", "idle=1h", "--limit", "handshake=1h"]),
        "nginx": lambda: servers.nginx(
            bench.work, bench.server_cores,
            directives=f"open_file_cache max=16; location = /{name} {{ limit_rate 1k; }}"),
    }
    runs = {}
    for peer, make in makers.items():
        with Stopping([make()]) as started:
            server = started[0]
            before = server.memory()

            def middle():
                time.sleep(count / clients.DEVICES_A_SECOND + 5)
                memory, cpu, begun = server.memory(), server.cpu_seconds(), time.monotonic()
                time.sleep(20)
                spent = server.cpu_seconds() - cpu
                took = time.monotonic() - begun
                honest = clients.curl(server, bench.work, [quick] * 4, bench.client_cores)
                return {"KiB each": (memory - before) / count / 1024, "CPU %": spent / took * 100,
                        "MB/s of an honest client": honest["MB/s"]}
            runs[peer] = [clients.slow_devices(server, bench.client_cores, name, count, middle)]
    return table(f"{count} connections, 60 KiB each", runs)


def pacing(bench):
    """What 'throttle' sends, beside what it should have sent by then: a rate's error, and bytes early or late."""
    rows = []
    for rate, text in ((100, "100B/s"), (1024, "1KiB/s"), (65536, "64KiB/s"), (MIB, "1MiB/s"), (100 * MIB, "100MiB/s")):
        name = bench.work.file("1024MiB.bin", 1024 * MIB)
        for peer in ("faultserve", "nginx"):
            if peer == OURS:
                server = servers.faultserve(bench.work, bench.server_cores, profile=SLOW.format(rate=text, name=name))
            else:
                limit = f"{rate // 1024}k" if rate >= 1024 else str(rate)
                server = servers.nginx(bench.work, bench.server_cores, directives=f"limit_rate {limit};")
            with Stopping([server]):
                connection = clients.Connection(server, bench.work)
                begun = connection.get(name)
                got = connection.arrivals(5)
                connection.close()
            late = [(when - begun) - count / rate for when, count in got]
            # The rate between the first bytes and the last: a beginning ahead of time does not hide in it.
            measured = (got[-1][1] - got[0][1]) / (got[-1][0] - got[0][0])
            rows.append({"case": text, "server": peer, "ours to it": {}, "figures": {
                "rate error, %": (measured / rate - 1) * 100, "earliest, ms": min(late) * 1e3,
                "latest, ms": max(late) * 1e3}})
    return rows


def taps(bench):
    """What stream faults cost that let everything through."""
    names = [bench.work.file("64MiB.bin", 64 * MIB)] * 8
    rows, started = [], []
    for count in (0, 1, 4):
        rules = "".join("  - fault: stall\n    on: body\n    at: 1GiB\n" for _ in range(count))
        server = servers.faultserve(
            bench.work, bench.server_cores, profile=f"story: Nothing happens.\nrules:\n{rules}" if count else None)
        server.name = f"faults: {count}" if count else OURS
        started.append(server)
    with Stopping(started):
        runs = bench.compare(started, lambda server: {
            name: value for name, value in clients.curl(server, bench.work, names, bench.client_cores).items()
            if name in ("MB/s", "CPU s/GiB")})
        rows += table("HTTP/1.1, TLS 1.3, 64 MiB", runs)
    return rows


def start(bench):
    """From the command to a listening port, and what a new identity costs."""
    runs = {OURS: [], "nginx": []}
    for _ in range(bench.rounds):
        for peer, make in ((OURS, servers.faultserve), ("nginx", servers.nginx)):
            begun = time.monotonic()
            server = make(bench.work, bench.server_cores)
            runs[peer].append({"listening after, ms": (time.monotonic() - begun) * 1e3})
            server.stop()
    rows = table("the same certificate", runs)
    figures = []
    for number in range(bench.rounds):
        folder = bench.work.folder / f"identity-{number}"
        command = [servers.faultserve_program(), "cert", "--out", str(folder), "--ca-dir", str(bench.work.folder / "ca"),
                   "--host", f"device-{number}.example"]
        begun = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        figures.append({"minted after, ms": (time.monotonic() - begun) * 1e3})
    return rows + table("an identity: CA (the first time), key, certificate", {OURS: figures})


ALL = {f.__name__.replace("_", "-"): f for f in (
    bulk, workers, handshakes, requests, first_byte, idle, slow, pacing, taps, start)}
