#!/usr/bin/env python3
"""embed: rows and bytes of what it packs, the same each time; the notice when there is no web/dist."""
import gzip
import pathlib
import re
import subprocess
import tempfile

from tap import done, ok, same

ROW = re.compile(r'\{"(.*?)", "(.*?)", "\\"([0-9a-f]{16})\\"", assets_blob \+ (\d+), (\d+), (true|false), (true|false)\}')


def embed(root, out):
    out.mkdir(exist_ok=True)
    run = subprocess.run(["tools/embed", "--root", root, "--out", out, "--depfile", out / "d"], capture_output=True, text=True)
    return run.returncode, run.stderr


def rows(out, table):
    """path -> (type, etag, bytes, gzip, immutable) of one table."""
    text = (out / "assets_gen.c").read_text().split(table, 1)[1].split("};", 1)[0]
    blob = (out / "assets_gen.bin").read_bytes()
    return {m[1]: (m[2], m[3], blob[int(m[4]):int(m[4]) + int(m[5])], m[6] == "true", m[7] == "true") for m in ROW.finditer(text)}


def plant(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


with tempfile.TemporaryDirectory() as name:
    root, out = pathlib.Path(name, "tree"), pathlib.Path(name, "out")
    plant(root, {"src/face/notice.html": b"<p>no interface", "templates/saas/revos.yaml": b"version: 1\n", "templates/saas/a.bin": b""})
    same(embed(root, out), (0, ""), "a tree without web/dist is fine")
    web = rows(out, "assets_web_rows[")
    same(list(web), ["index.html"], "it has one page")
    same(gzip.decompress(web["index.html"][2]), b"<p>no interface", "which is the notice")
    templates = rows(out, "assets_template_rows[")
    same(list(templates), ["saas/a.bin", "saas/revos.yaml"], "templates are in byte order")
    same(templates["saas/revos.yaml"][2:], (b"version: 1\n", False, False), "and as they are")
    same(templates["saas/a.bin"][2], b"", "even when empty")

    plant(root, {"web/dist/index.html": b"<html>" * 100, "web/dist/assets/app-D3adB33f.js": b"x" * 1000, "web/dist/logo.png": b"\x89PNG",
                 "web/dist/assets/plain.css": b"a{}"})
    same(embed(root, out), (0, ""), "a tree with web/dist is fine")
    web = rows(out, "assets_web_rows[")
    same(list(web), ["assets/app-D3adB33f.js", "assets/plain.css", "index.html", "logo.png"], "all its files are there")
    same({path: row[3:] for path, row in web.items()},
         {"assets/app-D3adB33f.js": (True, True), "assets/plain.css": (True, False), "index.html": (True, False), "logo.png": (False, False)},
         "text is packed; hashed names are immutable")
    same(web["logo.png"][2], b"\x89PNG", "a picture stays as it is")
    before = (out / "assets_gen.bin").read_bytes()
    (root / "web/dist/index.html").touch()
    embed(root, out)
    same((out / "assets_gen.bin").read_bytes(), before, "the same files give the same bytes")
    etag = web["index.html"][1]
    plant(root, {"web/dist/index.html": b"other"})
    embed(root, out)
    ok(rows(out, "assets_web_rows[")["index.html"][1] != etag, "other content has another ETag")
    dependencies = (out / "d").read_text()
    ok(all(str(root / p) in dependencies for p in ("web/dist", "web/dist/index.html", "templates/saas")),
       "the result depends on files and folders", dependencies)

    plant(root, {"web/dist/strange.exe": b""})
    status, message = embed(root, out)
    ok(status == 1 and "strange.exe:1:" in message, "a web file of an unknown kind is refused", message)
done()
