"""The PAKN code `PAKN-YYMM-XXXX-XXXXX`: making one, and reading what people type.

YYMM is the month of receipt in Vietnam; then 8 random characters of Crockford's base32 (no I, L, O, U) and a check
character. The check is a weighted sum over GF(32) with a different, non-zero weight at each of the 13 places, so it
finds every single wrong character and every swap of two characters, neighbours included.
"""

import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

PREFIX = "PAKN"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 8
BODY_LENGTH = 4 + RANDOM_LENGTH + 1
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class NotACode(ValueError):
    """What was typed is not shaped like a code: a name, for instance."""


class MistypedCode(ValueError):
    """What was typed is meant as a code, but a character in it is wrong, missing or misplaced."""


def _times_alpha(value: int) -> int:
    """Multiply by the primitive element of GF(32) with x^5 = x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _weighted_values() -> list[list[int]]:
    """For each place before the check character, each symbol's value times the weight of that place."""
    rows = [list(range(len(ALPHABET)))]
    for _ in range(BODY_LENGTH - 1):
        rows.append([_times_alpha(value) for value in rows[-1]])
    return rows[:0:-1]


_WEIGHTED = _weighted_values()


def check_character(data: str) -> str:
    """The check character for the 12 characters YYMM + random part."""
    total = 0
    for row, character in zip(_WEIGHTED, data, strict=True):
        total ^= row[_VALUE[character]]
    return ALPHABET[total]


def new_code(received_at: datetime, choice: Callable[[str], str] = secrets.choice) -> str:
    """A new code for a case received at this aware moment; it may, very rarely, be taken already: the column is unique.

    `choice` is for reproducible sample data only; real codes keep the default.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at must be aware")
    month = received_at.astimezone(VIETNAM).strftime("%y%m")
    data = month + "".join(choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return _written(data + check_character(data))


def read_code(typed: str) -> str:
    """The code in its canonical form, from what a person typed or pasted.

    Case, spaces, dashes and other punctuation don't matter, `PAKN` may be missing, O is read as 0, I and L as 1.
    Raises NotACode or MistypedCode.
    """
    bare = _bare(typed)
    if not _is_shaped_like_a_code(bare):
        raise NotACode(typed)
    prefix, body = bare[:-BODY_LENGTH], bare[-BODY_LENGTH:].translate(_READ_AS)
    if prefix not in ("", PREFIX) or not _is_right(body):
        raise MistypedCode(typed)
    return _written(body)


def read_letters(typed: str) -> str:
    """Letters of the alphabet, however they were typed or grouped."""
    return _bare(typed).translate(_READ_AS)


def _written(body: str) -> str:
    return f"{PREFIX}-{body[:4]}-{body[4:8]}-{body[8:]}"


def _bare(typed: str) -> str:
    """Capitals without spaces, punctuation and invisible characters, full-width forms made plain."""
    plain = unicodedata.normalize("NFKC", typed).replace("\N{MINUS SIGN}", "")
    return "".join(character for character in plain if unicodedata.category(character)[0] not in "ZPC").upper()


def _is_shaped_like_a_code(bare: str) -> bool:
    """True for whatever is one or two slips away from a code; a name has no digits, a phone number is shorter."""
    if not any(character in "0123456789" for character in bare):
        return False
    if bare.startswith(PREFIX):
        return abs(len(bare) - len(PREFIX) - BODY_LENGTH) <= 2
    month = bare[-BODY_LENGTH:].translate(_READ_AS)[:4]
    return len(bare) in (BODY_LENGTH, len(PREFIX) + BODY_LENGTH) and sum(c in "0123456789" for c in month) >= 3


def _is_right(body: str) -> bool:
    return (
        len(body) == BODY_LENGTH
        and all(character in _VALUE for character in body)
        and all(character in "0123456789" for character in body[:4])
        and "01" <= body[2:4] <= "12"
        and check_character(body[:-1]) == body[-1]
    )
