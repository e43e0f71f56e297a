#!/usr/bin/env python3
"""What the server does not answer: foreign hosts and origins, doubled framing, too much, unknown words; and what may be kept."""
from server import *
from tap import done, ok, same

with Server() as s:
    home = f"127.0.0.1:{s.port}"

    def status(**headers):
        return s.ask("GET", "/api/v1/health", headers={k.replace("_", "-"): v for k, v in headers.items()})[0]

    same(status(Host=f"localhost:{s.port}"), 200, "localhost is this server")
    same(status(Host="attacker.example"), 421, "a foreign host is refused")
    same(status(Host="127.0.0.1:1"), 421, "so is another port")
    same(status(Origin="http://attacker.example"), 403, "another site's origin is refused")
    same(status(Origin="null"), 403, "so is none")
    same(status(Origin=f"http://{home}"), 200, "its own origin is not")
    get = "GET /api/v1/health HTTP/1.1\r\nHost: %s\r\n%s\r\n"
    same(s.raw(get % (home, f"Host: {home}\r\n")), 400, "two hosts are none")
    post = "POST /api/v1/objects/account/records HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n{}"
    same(s.raw(post % (home, "Content-Length: 2\r\nContent-Length: 2\r\n")), 400, "two lengths are refused")
    same(s.raw(post % (home, "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n")), 400, "so are two framings")
    same(s.ask("POST", "/api/v1/objects/account/records", b"x" * ((1 << 20) + 1))[0], 413, "a body has a size")
    same(s.get("/health", nothing="1")[0], 400, "an unknown parameter is an error")
    same(s.get("/objects/account/records", limit=501)[2].get("parameter"), "limit", "a limit has bounds")
    same(s.ask("GET", "/api/v1/objects/account/records?limit=1&limit=2")[0], 400, "a parameter stands once")
    same(s.ask("GET", "/api/v1/objects/account/records?sort=%zz")[0], 400, "a broken escape is refused")
    status, headers, problem = s.ask("DELETE", "/api/v1/objects/account/records")
    same((status, headers["allow"]), (405, "GET, POST"), "a method that does not go with a path, and those that do")
    ok("GET, POST" in problem["detail"] and "openapi" in s.get("/nothing")[2]["detail"], "are told")
    got = s.get("/nothing")
    ok(got[0] == 404 and not faults(got[2], "Problem"), "no such path", got)
    same(s.ask("GET", "/assets/nothing.js")[0], 404, "no such asset")
    got = s.ask("GET", "/records/account")
    ok(got[0] == 200 and got[1]["content-type"].startswith("text/html"), "every other path is the interface", got[1])
    for path in ["/api/v1/model", "/", "/api/v1/nothing"]:
        found = s.ask("GET", path)[1]
        ok("default-src 'self'" in found.get("content-security-policy", "") and found.get("x-content-type-options") == "nosniff" and
           found.get("referrer-policy") == "no-referrer" and found.get("cross-origin-resource-policy") == "same-origin",
           f"{path} carries its policy", found)
    same(s.get("/health")[1]["cache-control"], "no-store", "answers are not kept")
    etag = s.get("/model")[1]["etag"]
    again = s.ask("GET", "/api/v1/model", headers={"If-None-Match": etag})
    same((again[0], again[2]), (304, b""), "the model is asked for once")
    same(s.ask("GET", "/api/v1/model", headers={"If-None-Match": '"old"'})[0], 200, "and again when it differs")
    second = subprocess.run([REVOS, "-C", str(s.workspace), "serve", "--listen", "127.0.0.1:0"], capture_output=True, timeout=WAIT)
    ok(second.returncode == 3 and b"this verb needs it alone" in second.stderr, "a workspace is served once", second)

beyond = subprocess.run([REVOS, "serve", "--help"], capture_output=True, timeout=WAIT)
same(beyond.returncode, 0, "serve says what it does")
with Server() as s:
    s.stop()
    far = subprocess.run([REVOS, "-C", str(s.workspace), "serve", "--listen", "0.0.0.0:0"], capture_output=True, timeout=WAIT)
    ok(far.returncode == 2 and b"loopback" in far.stderr, "it listens on this machine only", far)
done()
