"""A mail server and a chat on loopback that write down what they get.

Usage: receiver.py PORTS LOG. What they answer stands in the file `mode`: ok, busy, refuse, or kill PID (the sender dies
before it hears that its mail was taken).
"""
import email, email.policy, http.server, os, signal, socketserver, sys, threading

LOG = sys.argv[2]
LOCK = threading.Lock()


def log(line):
    with LOCK, open(LOG, "a", encoding="utf-8") as out:
        out.write(line + "\n")


def mode():
    with open("mode", encoding="utf-8") as text:
        return text.read().split()


class Mail(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def take(self, sender, to):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        log(f"mail {message['Message-ID']} from {sender} to {to}: {message['Subject']}")
        for name in ("List-Unsubscribe-Post", "List-Unsubscribe"):
            if message[name]:
                log(f"  {name}: {str(message[name]).rsplit('.', 1)[0]}")
        for subtype, mark in (("plain", "|"), ("html", "H")):
            body = message.get_body((subtype,))
            for line in body.get_content().splitlines() if body else []:
                log(f"  {mark} {line}")

    def handle(self):
        sender = to = ""
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "MAIL":
                sender = line.split(":", 1)[1].split()[0]
            elif word == "RCPT":
                to = line.split(":", 1)[1].strip()
            if word == "EHLO":
                self.say("250 here")
            elif word == "RCPT" and mode()[0] == "refuse":
                self.say("550 nobody of that name")
            elif word == "RCPT" and mode()[0] == "busy":
                self.say("450 later")
            elif word == "DATA":
                self.say("354 go on")
                self.take(sender, to)
                if mode()[0] == "kill":
                    os.kill(int(open("pid").read()), signal.SIGKILL)
                    return
                self.say("250 taken")
            else:
                self.say("221 bye" if word == "QUIT" else "250 fine")


class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        log(f"chat {self.headers['Idempotency-Key'][:7]}… {body}")
        self.send_response(503 if mode()[0] == "busy" else 404 if mode()[0] == "refuse" else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
chat = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
mail.daemon_threads = True
threading.Thread(target=chat.serve_forever, daemon=True).start()
with open(sys.argv[1] + ".new", "w", encoding="utf-8") as out:
    out.write(f"{mail.server_address[1]} {chat.server_address[1]}\n")
os.rename(sys.argv[1] + ".new", sys.argv[1])
mail.serve_forever()
