"""A broker in a folder, for where there is no Redis: a message is a file that appears whole or not at all.

Written then renamed, so nobody reads half of one; whoever removes it has it, so no two take the same. Who is bound to
what stays in each process: only named queues work, neither topics nor remote control. It carries wake-ups, never truth.
"""

import logging
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(virtual.Channel):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.folder = Path(self.connection.client.transport_options["folder"])
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.listed = {}

    def _put(self, queue, message, **kwargs):
        final = self.folder / f"{time.time_ns():020d}-{uuid.uuid4().hex}.{queue}.msg"
        partial = final.with_suffix(".part")
        try:
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(dumps(message))
            partial.rename(final)
        finally:
            partial.unlink(missing_ok=True)

    def _get(self, queue, timeout=None):
        """The oldest message. One listing serves until it is used up, so that a month's backlog drains in one pass."""
        names = self.listed.get(queue) or deque(self._names(queue))
        self.listed[queue] = names
        while names:
            message = _take(self.folder / names.popleft())
            if message is not None:
                return message
        raise Empty

    def _names(self, queue):
        return sorted(name for name in os.listdir(self.folder) if name.endswith(f".{queue}.msg"))

    def _size(self, queue):
        return len(self._names(queue))

    def _purge(self, queue):
        return sum(_take(self.folder / name) is not None for name in self._names(queue))


def _take(path):
    """A message that is now ours alone; None where another was quicker, or where a power cut has torn it."""
    try:
        text = path.read_text()
        path.unlink()
    except FileNotFoundError:
        return None
    try:
        return loads(text)
    except ValueError:
        logger.error("A torn message was dropped from the queue: %s", path.name)
        return None


class Transport(virtual.Transport):
    Channel = Channel
    default_port = 0
    driver_type = driver_name = "filesystem"

    def driver_version(self):
        return "1"
