"""A mail server that runs inside a test, on a real socket: it keeps what it takes and refuses what it is told to."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy


class Sink(socketserver.ThreadingTCPServer):
    """`refuses` says which address gets which answer; `stops` runs when a message has arrived, before it is thanked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters, self.sessions, self.refuses, self.answers = [], 0, {}, {}
        self.stops = lambda: None

    @property
    def port(self):
        return self.server_address[1]

    @property
    def mails(self):
        return [message_from_bytes(letter, policy=policy.default) for letter in self.letters]


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.sessions += 1
        self.says(self.server.answers.get("connect", "220 sink"))
        while line := self.rfile.readline():
            word, rest = line.decode().strip().upper()[:4], line.decode()
            self.says(self.answer_to(word, rest))
            if word == "QUIT":
                return

    def answer_to(self, word, line):
        if word in self.server.answers:
            return self.server.answers[word]
        if word == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            return self.server.refuses.get(address, "250 ok")
        if word == "DATA":
            return self.takes_letter()
        return "221 bye" if word == "QUIT" else "250 ok"

    def takes_letter(self):
        self.says("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.letters.append(b"".join(lines))
        self.server.stops()
        return "250 taken"

    def says(self, line):
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def smtp_sink():
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
