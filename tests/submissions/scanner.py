"""clamd on a real socket: SICK in a file is infected, of HUGE it cannot judge; `silent` answers nothing."""

import socketserver
import struct
import threading
from contextlib import contextmanager

SICK, HUGE = b"day la tep co ma doc", b"day la tep qua lon"


class Daemon(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.silent, self.asked = False, 0
        self.scanned = []

    @property
    def address(self):
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        command = self._until_zero()
        self.server.asked += 1
        if self.server.silent:
            return
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
            return
        assert command == b"zINSTREAM"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.scanned.append(content)
        self.wfile.write(self._verdict(content))

    def _until_zero(self):
        read = b""
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            read += byte
        return read

    def _verdict(self, content):
        if HUGE in content:
            return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Test.Sick FOUND\0" if SICK in content else b"stream: OK\0"


@contextmanager
def running():
    with Daemon() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
