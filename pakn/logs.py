"""Logs that may be read by whoever runs the machine: no case code and no sender's link stands in them (R17)."""

import hashlib
import logging
import re

CODE = re.compile(r"PAKN[0-9A-Za-z%-]{6,}", re.IGNORECASE)
TOKEN = re.compile(r"(/mo/)[^/\s\"'?]+")


class HideCodes(logging.Filter):
    """Puts a short hash in place of every case code, so that lines about one case still belong together."""

    def filter(self, record):
        record.msg = CODE.sub(_hashed, TOKEN.sub(r"\1…", record.getMessage()))
        record.args = None
        return True


def _hashed(match):
    return "case-" + hashlib.sha256(match[0].upper().encode()).hexdigest()[:8]
