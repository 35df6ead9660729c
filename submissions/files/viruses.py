"""Asking clamd about a file (R26), and the signature with which every scanner is tried out."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files import File

from .reading import chunks

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LONGEST_ANSWER = 4096


class ScannerSilent(Exception):
    """clamd does not answer."""


class NoVerdict(Exception):
    """clamd answers, but cannot judge this file: it may be larger than it takes (StreamMaxLength)."""


def is_infected(file: File, patience: float) -> bool:
    """clamd's verdict on the whole file, waiting `patience` seconds for each step. Raises ScannerSilent, NoVerdict."""
    with _said(b"zINSTREAM\0", patience) as scanner:
        try:
            for chunk in chunks(file):
                scanner.sendall(struct.pack("!L", len(chunk)) + chunk)
            scanner.sendall(struct.pack("!L", 0))
        except OSError as error:
            raise ScannerSilent(str(error)) from error
        answer = _heard(scanner)
    if answer == b"stream: OK":
        return False
    if answer.endswith(b" FOUND"):
        return True
    if not answer:
        raise ScannerSilent("an empty answer")
    raise NoVerdict(answer.decode(errors="replace"))


def scanner_answers() -> bool:
    try:
        with _said(b"zPING\0", 2) as scanner:
            return _heard(scanner) == b"PONG"
    except ScannerSilent:
        return False


def _said(command: bytes, patience: float) -> socket.socket:
    place = urlsplit(settings.CLAMD)
    is_local = place.scheme == "unix"
    scanner = socket.socket(socket.AF_UNIX if is_local else socket.AF_INET)
    scanner.settimeout(patience)
    try:
        scanner.connect(place.path if is_local else (place.hostname, place.port))
        scanner.sendall(command)
    except OSError as error:
        scanner.close()
        raise ScannerSilent(str(error)) from error
    return scanner


def _heard(scanner: socket.socket) -> bytes:
    answer = b""
    try:
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (part := scanner.recv(1024)):
            answer += part
    except OSError as error:
        raise ScannerSilent(str(error)) from error
    return answer.rstrip(b"\0")
