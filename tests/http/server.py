"""server - a `revos serve` over a small workspace of its own, and what the HTTP tests ask it with.

In:     REVOS, the binary.   Out: answers as (status, headers, body).
Owns:   the workspace's folder and the process, ended by its id.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tool"))

from schema import faults, misfits
from tap import ok

REVOS = os.environ.get("REVOS", "build/revos")
WAIT = 300  # seconds; nothing takes that long, but a busy machine may be slow


class Server:
    def __init__(self, template="minimal", prepare=None):
        self.misfits = []  # answers that were not as the document says
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="revos-http-"))
        self.workspace = self.dir / "w"
        self.revos("init", str(self.workspace), "--template", template, inside=False)
        if prepare:
            prepare(self)
        self.revos("apply", "--yes")
        self.start()

    def revos(self, *words, inside=True):
        command = [REVOS] + (["-C", str(self.workspace)] if inside else []) + list(words)
        done = subprocess.run(command, capture_output=True, timeout=WAIT)
        assert done.returncode == 0, (command, done.stderr.decode())
        return done.stdout.decode()

    def start(self):
        self.process = subprocess.Popen([REVOS, "-C", str(self.workspace), "--json", "serve", "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=open(self.dir / "err", "ab"))
        line = self.process.stdout.readline()
        assert line, (self.dir / "err").read_text()
        self.port = json.loads(line)["port"]

    def stop(self, sig=signal.SIGTERM):
        """Ends the process; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        status = self.process.wait(timeout=WAIT)
        self.process.stdout.close()
        return status

    def close(self):
        try:
            self.stop()
        finally:
            ok(not self.misfits, "every answer fits its schema", *self.misfits[:20])
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None, headers=None):
        """(status, headers with lower-case names, body: parsed where it is JSON)."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            if body is not None and not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            data = r.read()
            found = {k.lower(): v for k, v in r.getheaders()}
            if "json" in found.get("content-type", "") and data:
                data = json.loads(data)
                self.misfits += [f"{method} {path} ({r.status}): {one}" for one in misfits(method, path, r.status, data)]
            return r.status, found, data
        finally:
            c.close()

    def get(self, path, **params):
        query = urllib.parse.urlencode([(k, v) for k, vs in params.items() for v in (vs if isinstance(vs, list) else [vs])])
        return self.ask("GET", "/api/v1" + path + ("?" + query if query else ""))

    def post(self, path, body, headers=None):
        return self.ask("POST", "/api/v1" + path, body, headers)

    def raw(self, text):
        """Bytes as they are on the wire, and the status line's code of what comes back (0: nothing)."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as s:
            s.sendall(text.encode())
            s.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while piece := s.recv(65536):
                    answer += piece
            except ConnectionResetError:  # it answered and closed before it had read everything
                pass
        return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0

    def metrics_ready(self):
        """Waits until the warehouse has followed the ledger to its head; False when it cannot be asked at all."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            state = self.get("/health")[2]["warehouse"]
            if not state["behind"] and "problem" not in state:
                return True
            if "library" in state.get("problem", "") or "DuckDB" in state.get("problem", ""):
                return False
            time.sleep(0.01)
        return False
