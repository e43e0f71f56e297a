#!/usr/bin/env python3
"""Verbs while the workspace is served: its socket, two callers at once, one killed, another version going live."""
import os
import pathlib
import signal
import stat
import threading
import urllib.parse

from server import *
from tap import done, ok, same

ROWS = 40000
HEADER = "Company Name,Website\n"


def run(s, *words, cwd=None, **more):
    """The verb from outside, as a caller gives it: (status, out, err)."""
    where = [] if cwd else ["-C", str(s.workspace)]
    p = subprocess.run([os.path.abspath(REVOS), *where, *words], capture_output=True, timeout=WAIT, cwd=cwd, text=True,
                       stdin=subprocess.DEVNULL, **more)
    return p.returncode, p.stdout, p.stderr


def large(folder, name, rows=ROWS):
    path = pathlib.Path(folder) / name
    path.write_text(HEADER + "".join(f"Company {i},c{i}.example\n" for i in range(rows)))
    return path


def running(s, rows, alive):
    """Waits until a run has `rows` rows; its report, or None when `alive` ended first."""
    while alive():
        for r in s.get("/imports", limit=1)[2]["imports"]:
            if r["state"] == "running" and r["progress"]["rows"] >= rows:
                return r
    return None


def start_import(s, path):
    return subprocess.Popen([REVOS, "-C", str(s.workspace), "--json", "import", "account", str(path)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def total(s):
    return s.get("/objects/account/records", limit=1)[2]["total"]


# ---- the socket ---------------------------------------------------------------------------------------------------------

with Server() as s:
    path = s.workspace / ".revos" / "socket"
    st = path.stat()
    ok(stat.S_ISSOCK(st.st_mode) and stat.S_IMODE(st.st_mode) == 0o600, "the socket is its owner's alone", oct(st.st_mode))
    status, out, err = run(s, "record", "set", "account", "new", "name=Acme", "domain=acme.example")
    ok(status == 0 and out.startswith("created"), "a verb runs while the workspace is served", out, err)
    same(total(s), 1, "and the server sees what it wrote")
    status, out, err = run(s, "rebuild")
    ok(status == 3 and "stop the server" in err, "a verb that needs the workspace alone says so", err)
    same(run(s, "record", "set", "account", "new", "name=")[0], 1, "a refusal is exit 1")
    same(run(s, "record", "sit", "account", "new")[0], 2, "a wrong word is exit 2")
    status, out, err = run(s, "doctor")
    ok(status == 0 and "whole" in out, "doctor reads beside the server", out, err)

    # Relative paths and contents are the caller's.
    elsewhere = s.dir / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "few.csv").write_text(HEADER + "Beta,beta.example\n")
    done_ = subprocess.run([os.path.abspath(REVOS), "-C", "../w", "import", "account", "few.csv"], cwd=elsewhere, capture_output=True,
                           text=True, timeout=WAIT)
    ok(done_.returncode == 0 and (s.workspace / "maps" / "account.yaml").exists(), "a file is the caller's own", done_.stderr)
    status, out, err = run(s, "import", "account", "few.csv", cwd=s.workspace)
    ok(status == 3 and "few.csv" in err and "No such file" in err, "and none of the server's", status, err)

    status, out, err = run(s, "record", "set", "account", "new", "domain=long.example", "name=" + "x" * 63000)
    same(status, 0, "a command line of many frames arrives whole")
    same(len(s.get("/objects/account/records", where="account.domain == 'long.example'")[2]["records"][0]["fields"]["name"]["value"]), 63000,
         "to its last byte")

    # A pipe that never ends holds nobody but its caller.
    os.mkfifo(s.dir / "pipe")
    writing = os.open(s.dir / "pipe", os.O_RDWR)
    child = start_import(s, s.dir / "pipe")
    s.get("/health")
    child.kill()
    child.communicate()
    same(run(s, "history")[0], 0, "a pipe that gives nothing holds up nobody")

    # Whatever comes in without a command line is left at the door.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stranger:
        stranger.connect(str(path))
        stranger.send(b"Rrevos 0.0.0 order 1\0\0.\0history\0")
        answer = stranger.recv(65536) + stranger.recv(65536)
        ok(b"another version" in answer and answer.endswith(b"\x03"), "another version is told", answer)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stranger:
        stranger.connect(str(path))
        stranger.send(b"X")
        same(stranger.recv(10), b"", "nonsense ends the connection")
    if os.geteuid() == 0:
        for p in (s.dir, s.workspace, path.parent):
            p.chmod(0o777)
        path.chmod(0o777)
        child = subprocess.run(["python3", "-c", "import os,socket,sys; os.setuid(65534); c=socket.socket(socket.AF_UNIX,"
                                "socket.SOCK_SEQPACKET); c.connect(sys.argv[1]); sys.stdout.buffer.write(c.recv(10))", str(path)],
                               capture_output=True, timeout=WAIT)
        same((child.returncode, child.stdout), (0, b""), "another user is turned away, whatever the modes say")

    # Killed: the socket stays behind, verbs work alone, and the next server takes it over.
    s.stop(signal.SIGKILL)
    ok(path.exists(), "killed, the server leaves its socket")
    same(run(s, "history")[0], 0, "a stale socket keeps no verb from working alone")
    s.start()
    same(run(s, "history")[0], 0, "the next server takes it over")
    same(s.stop(), 0, "stopped, it ends well")
    ok(not path.exists(), "and takes its socket with it")

# ---- imports --------------------------------------------------------------------------------------------------------------

with Server() as s:
    one, two = large(s.dir, "one.csv"), large(s.dir, "two.csv", ROWS // 2)
    first = start_import(s, one)
    r = running(s, 1, lambda: first.poll() is None)
    second = start_import(s, two)
    status, out, err = run(s, "import", "account", str(one))
    ok(first.poll() is not None or (status == 3 and "being imported already" in err), "the same file is refused meanwhile", err)
    status, out, err = run(s, "quarantine", "retry")
    ok(first.poll() is not None or (status == 3 and "under way" in err), "rows are not read again meanwhile", err)
    answered = 0
    while first.poll() is None:
        status, out, err = run(s, "record", "set", "account", "new", "name=Between", f"domain=between{answered}.example")
        if status != 0:
            break
        answered += first.poll() is None
    same(status, 0, "a verb writes between the groups of an import")
    ok(answered > 0, "before it has ended", answered)
    reports = [json.loads(p.communicate(timeout=WAIT)[0]) for p in (first, second)]
    same([(p.returncode, r["rows"], r["created"] + r["updated"] + r["unchanged"] + r["merged"]) for p, r in zip((first, second), reports)],
         [(0, ROWS, ROWS), (0, ROWS // 2, ROWS // 2)], "two callers import at once, each row in one count")
    ok("whole" in run(s, "doctor")[1], "and the data are whole")

with Server() as s:
    path = large(s.dir, "one.csv")
    child = start_import(s, path)
    ok(running(s, 2000, lambda: child.poll() is None), "an import is under way")
    child.kill()
    child.communicate()
    while s.get("/imports", limit=1)[2]["imports"][0]["state"] == "running":
        pass
    same(s.get("/imports", limit=1)[2]["imports"][0]["state"], "stopped", "its caller killed, it stops")
    before = total(s)
    ok(2000 <= before < ROWS, "between two groups", before)
    child = start_import(s, path)
    running(s, before + 1, lambda: child.poll() is None)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=WAIT)
    ok(child.returncode == 1 and "the same command goes on from there" in err, "Ctrl-C stops it and says so", child.returncode, err)
    status, out, err = run(s, "--json", "import", "account", str(path))
    report = json.loads(out)
    same((status, report["rows"], report["created"], total(s)), (0, ROWS, ROWS, ROWS), "the third goes on to the counts of one run")

    # An undo takes turns as well.
    child = subprocess.Popen([REVOS, "-C", str(s.workspace), "--json", "import", "--undo", report["batch"]], stdout=subprocess.PIPE, text=True)
    answered = 0
    while child.poll() is None:
        status, _, v = s.post("/objects/account/records", {"fields": {"name": "Between", "domain": f"between{answered}.example"}})
        answered += child.poll() is None
    out = json.loads(child.communicate()[0])
    same((out["retracted"], out["kept"], status), (ROWS, 0, 200), "an undo takes back every row")
    ok(answered > 1, "and others write meanwhile", answered)
    ok("whole" in run(s, "doctor")[1], "the data are whole")

# ---- another version ------------------------------------------------------------------------------------------------------

with Server() as s:
    model = s.workspace / "objects.yaml"
    text = model.read_text()
    same(s.get("/model")[2]["version"], 1, "version 1 is served")
    model.write_text(text.replace("values: [smb, mid, enterprise]}", "values: [smb, mid, enterprise, public]}", 1))
    status, out, err = run(s, "apply")
    ok(status == 1 and "add --yes" in err, "without a terminal nobody is asked", err)
    status, out, err = run(s, "apply", "--yes")
    ok(status == 0 and "version 2 is live" in err, "another version goes live through the server", out, err)
    m = s.get("/model")[2]
    account = next(o for o in m["objects"] if o["name"] == "account")
    ok(m["version"] == 2 and "public" in str(account), "the server serves it", m["version"])
    status, _, v = s.post("/objects/account/records", {"fields": {"name": "Acme", "domain": "acme.example", "segment": "public"}})
    same((status, v["outcome"]), (200, "created"), "writes are judged by it")
    status, out, err = run(s, "record", "set", "account", "new", "name=Beta", "domain=beta.example", "segment=public")
    same(status, 0, "at the socket too")
    status, out, err = run(s, "query", "deals_won")
    ok(status in (0, 3), "metrics are asked of it", err)
    if status == 0:
        ok("definitions: version 2" in out, "at its version", out)

    # A person at the caller's terminal is asked, and answers there.
    master, slave = os.openpty()
    model.write_text(model.read_text().replace("public]", "public, private]", 1))
    for word, want, told in ((b"n\n", 1, "nothing was applied"), (b"y\n", 0, "is live")):
        child = subprocess.Popen([REVOS, "-C", str(s.workspace), "apply"], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        os.write(master, word)
        out, err = child.communicate(timeout=WAIT)
        ok(child.returncode == want and "Apply? [y/N]" in err and told in err, f"asked, and answered {word}", child.returncode, err)
    os.close(master)
    os.close(slave)

    # An import that another version meets stops, and goes on under it.
    path = large(s.dir, "one.csv")
    child = start_import(s, path)
    ok(running(s, 1000, lambda: child.poll() is None), "an import is under way")
    model.write_text(text)
    status, out, err = run(s, "apply", "--yes")
    ok(status == 1 and "moved_to" in err, "a value in use does not vanish", out, err)
    model.write_text(text.replace("values: [smb, mid, enterprise]}", "values: [smb, mid, enterprise, public, state]}", 1))
    same(run(s, "apply", "--yes")[0], 0, "version 3 goes live meanwhile")
    out, err = child.communicate(timeout=WAIT)
    ok(child.returncode == 1 and "another version" in err, "the import stops and says why", child.returncode, err)
    status, out, err = run(s, "--json", "import", "account", str(path))
    same((status, json.loads(out)["rows"], json.loads(out)["created"]), (0, ROWS, ROWS), "and goes on under the new one")
    ok("whole" in run(s, "doctor")[1], "the data are whole")

    # A server that is told to stop lets the verb say where it stands.
    child = start_import(s, large(s.dir, "two.csv", ROWS - 1))
    ok(running(s, 1000, lambda: child.poll() is None), "an import is under way")
    same(s.stop(), 0, "the server is stopped and ends well")
    out, err = child.communicate(timeout=WAIT)
    ok(child.returncode == 1 and "goes on from there" in err, "the verb ends before it, and says so", child.returncode, err)
    s.start()

    # Requests of all kinds while versions come and go.
    faults_, ended = [], threading.Event()

    def ask():
        while not ended.is_set():
            for path in ("/model", "/objects/account/records", "/metrics/deals_won", "/audit", "/dashboards/board"):
                status = s.get(path)[0]
                if status not in (200, 404, 501, 503):
                    faults_.append((path, status))

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for t in askers:
        t.start()
    for i in range(6):
        model.write_text(text.replace("values: [smb, mid, enterprise]}",
                                      "values: [smb, mid, enterprise, public, state" + ", extra" * (i % 2) + "]}", 1))
        status, out, err = run(s, "apply", "--yes")
        if status != 0:
            faults_.append(("apply", status, err))
    ended.set()
    for t in askers:
        t.join()
    same(faults_, [], "requests are answered while versions go live")
    same(s.get("/model")[2]["version"], len(json.loads(run(s, "--json", "history")[1])), "the last version is served")
    same(s.stop(), 0, "the server ends well")

long = Server()
try:
    long.stop()
    deep = long.dir / ("d" * 120)
    long.workspace.rename(deep)
    p = subprocess.run([REVOS, "-C", str(deep), "serve", "--listen", "127.0.0.1:0"], capture_output=True, timeout=WAIT, text=True)
    ok(p.returncode != 0 and "too long" in p.stderr and "without -C" in p.stderr, "a path too long for a socket is told", p.stderr)
    p = subprocess.run([REVOS, "-C", str(deep), "history"], capture_output=True, timeout=WAIT, text=True)
    same(p.returncode, 0, "and verbs work alone there")
finally:
    long.close()
done()
