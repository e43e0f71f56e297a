#!/usr/bin/env python3
"""While the workspace is served, mails leave when they are asked for, and the link in them takes the consent back."""
import email
import email.policy
import queue
import re
import socketserver
import threading

from server import *
from tap import done, ok, same

MODEL = """version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana, url: "https://revos.acme.example"}
people:
  ana: {name: Ana Ruiz, email: ana@acme.example}
objects:
- name: lead
  owner: ana
  keys: [email]
  fields:
  - {name: email, type: email}
  - {name: fit, type: integer}
  - {name: agreed, type: boolean}
sequences:
- {name: nurture, object: lead, purpose: letters, enrol_when: lead.fit >= 40, steps: [{email: one.md, after: 0d}, {email: one.md, after: 1d}]}
consents:
- {purpose: letters, subject: lead, basis: opt_in, field: agreed, withdrawal_stops: [sequences.nurture]}
mail: {server: "smtp://127.0.0.1:PORT", from: "hello@acme.example"}
"""
MAILS = queue.Queue()


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().strip():
            if line == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(text)
                MAILS.put(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
            self.wfile.write(b"221 bye\r\n" if line == b"QUIT" else b"250 fine\r\n")


def prepare(s):
    for old in s.workspace.glob("*.yaml"):
        old.unlink()
    (s.workspace / "revos.yaml").write_text(MODEL.replace("PORT", str(SMTP.server_address[1])))
    (s.workspace / "one.md").write_text("---\nsubject: Hello\n---\nA letter.\n")


SMTP = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
SMTP.daemon_threads = True
threading.Thread(target=SMTP.serve_forever, daemon=True).start()
with Server(prepare=prepare) as s:
    status, _, _ = s.ask("POST", "/api/v1/objects/lead/records",
                         {"fields": {"email": "jo@x.example", "fit": 50, "agreed": True}})
    same(status, 200, "a lead enters the sequence")
    mail = MAILS.get(timeout=WAIT)
    same(mail["To"], "jo@x.example", "its mail leaves by itself")
    parts = {p.get_content_type(): p.get_content() for p in mail.iter_parts()}
    same(sorted(parts), ["text/html", "text/plain"], "as text, and as a page")
    ok("<p>" in parts["text/html"] and mail["List-Unsubscribe"][1:-1] in parts["text/html"], "the page links where consent is taken back", parts)
    path = re.search(r"<https://revos.acme.example(/unsubscribe/[^>]+)>", mail["List-Unsubscribe"]).group(1)
    status, headers, body = s.ask("GET", path)
    ok(status == 200 and b'method="post"' in body, "the link shows a page with a button", body)
    run = s.get("/objects/enrolment/records")[2]["records"][0]
    same(run["fields"]["state"]["value"], "active", "looking at it changes nothing")
    same(s.ask("POST", path[:-1] + ("0" if path[-1] != "0" else "1"))[0], 404, "a forged link is none")
    status, _, body = s.ask("POST", path, b"List-Unsubscribe=One-Click")
    ok(status == 200 and b"no more" in body, "one click takes the consent back", body)
    same(s.get("/objects/lead/records")[2]["records"][0]["fields"]["agreed"]["value"], False, "the record says no")
    run = s.get("/objects/enrolment/records")[2]["records"][0]
    same((run["fields"]["state"]["value"], run["fields"]["reason"]["value"]), ("stopped", "consent for letters was withdrawn"), "its sequence is stopped")
    same(s.ask("POST", path)[0], 200, "twice is once")
    ok(MAILS.empty(), "nothing more was sent")
done()
