"""The servers that are measured: each listens on a port of its own with the same files, certificate and key."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

REPO = pathlib.Path(__file__).resolve().parent.parent
BUFFERS = ("16k", "64k", "128k")


def faultserve_program():
    return str(REPO / ".build/release/faultserve")


class Work:
    """A folder with files to serve, and certificates for localhost by kind of key."""

    KEYS = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.root = self.folder / "root"
        self.root.mkdir()
        for kind, parameters in self.KEYS.items():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", *parameters, "-nodes", "-days", "30", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost", "-keyout", str(self.key(kind)),
                 "-out", str(self.certificate(kind))], check=True, stderr=subprocess.DEVNULL)

    def certificate(self, kind):
        return self.folder / f"{kind}_cert.pem"

    def key(self, kind):
        return self.folder / f"{kind}_key.pem"

    def file(self, name, size):
        """The name of a file of so many bytes of chance."""
        path = self.root / name
        if not path.exists():
            with open(path, "wb") as file:
                block = os.urandom(1 << 20)
                for start in range(0, size, len(block)):
                    file.write(block[:size - start])
        return name


class Server:
    """A process that serves, on the cores that it is given."""

    running = []

    def __init__(self, name, cores, command, port, **options):
        self.name = name
        self.port = port
        self.process = subprocess.Popen(["taskset", "-c", ",".join(map(str, cores)), *command], **options)
        self.running.append(self)
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"a server ended at once: {command}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"no server on port {port} after 10 s: {command}")

    @property
    def workers(self):
        """The processes that do the work: the first, and those that it has made."""
        done = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return [self.process.pid, *map(int, done.stdout.split())]

    def cpu_seconds(self):
        """Processor time so far, of all threads (proc(5), schedstat)."""
        total = 0
        for pid in self.workers:
            for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(stat.read_text().split()[0])
                except OSError:
                    pass  # a thread that ended meanwhile
        return total / 1e9

    def memory(self):
        """Bytes of memory that are its own, and its share of what it shares (proc(5), smaps_rollup)."""
        total = 0
        for pid in self.workers:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.running.remove(self)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def faultserve(work, cores, key="ec", workers=1, profile=None, arguments=()):
    port = free_port()
    command = [faultserve_program(), "--quiet", "--http2", "--bind", "127.0.0.1", "--root", str(work.root),
               "--cert", str(work.certificate(key)), "--key", str(work.key(key)), "--port", str(port),
               "--threads", str(workers), *arguments]
    if profile:
        path = work.folder / f"port-{port}.yaml"
        path.write_text(f"name: port-{port}\n{profile}")
        command += ["--profile", str(path)]
    return Server("faultserve", cores, command, port)


def nginx(work, cores, key="ec", workers=1, buffer="16k", directives=""):
    port = free_port()
    folder = work.folder / f"nginx-{port}"
    folder.mkdir()
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes {workers}; pid {folder}/pid; error_log {folder}/error.log; user root;
worker_rlimit_nofile 65536;
events {{ worker_connections 32768; }}
http {{
  access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
  keepalive_requests 1000000000; keepalive_timeout 3600s; send_timeout 3600s;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} ssl http2 reuseport backlog=16384; root {work.root};
    ssl_certificate {work.certificate(key)}; ssl_certificate_key {work.key(key)};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_buffer_size {buffer}; {directives}
  }}
}}
""")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return Server(f"nginx, ssl_buffer_size {buffer}", cores,
                  [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, stderr=subprocess.DEVNULL)


def h2o(work, cores, key="ec", workers=1):
    port = free_port()
    path = work.folder / f"h2o-{port}.conf"
    path.write_text(f"""
num-threads: {workers}
user: root
max-connections: 32768
listen:
  host: 127.0.0.1
  port: {port}
  ssl:
    certificate-file: {work.certificate(key)}
    key-file: {work.key(key)}
    ocsp-update-interval: 0
hosts:
  default:
    paths:
      /:
        file.dir: {work.root}
""")
    return Server("h2o", cores, ["h2o", "-c", str(path)], port,
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def nghttpd(work, cores, key="ec", workers=1):
    """It has no option for the version of TLS: asked for 1.2 alone, it does that."""
    port = free_port()
    return Server("nghttpd", cores,
                  ["nghttpd", "-d", str(work.root), "-a", "127.0.0.1", "-n", str(workers), str(port),
                   str(work.key(key)), str(work.certificate(key))], port, stdout=subprocess.DEVNULL)
