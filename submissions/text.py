"""Text as it is stored (`nfc`), as it is searched (`fold`), names as the public may see them (`mask_name`), and values
as a spreadsheet may get them (`harmless`)."""

import re
import unicodedata

_LINE_BREAKS = str.maketrans({"\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
_ZERO_WIDTH_JOINER = "\u200d"
_DROPPED = ("Cc", "Cf", "Cs")


def _is_kept(character: str) -> bool:
    """Controls, surrogates (PostgreSQL refuses them) and invisible format characters go: the bidirectional overrides
    among them make a text or a file name read other than it is. The joiner that composes emoji stays."""
    return character in "\n\t" or character == _ZERO_WIDTH_JOINER or unicodedata.category(character) not in _DROPPED


def nfc(text: str) -> str:
    """The form in which every text from outside is stored: NFC, trimmed, one sort of line break, nothing invisible."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS)
    return unicodedata.normalize("NFC", "".join(filter(_is_kept, lines))).strip()


def one_line(text: str) -> str:
    """Like `nfc`, for names and titles: line breaks and runs of spaces become one space."""
    return " ".join(nfc(text).split())


def fold(text: str) -> str:
    """The form in which texts are compared: no tone or vowel marks, đ as d, no case, single spaces.

    Both sides of a search are folded here, so that SQLite and PostgreSQL find the same.
    """
    caseless = unicodedata.normalize("NFD", unicodedata.normalize("NFD", nfc(text)).casefold())
    letters = "".join(character for character in caseless if not unicodedata.combining(character))
    return " ".join(letters.replace("đ", "d").split())


def mask_name(name: str) -> str:
    """ "Nguyễn Văn An" → "Nguyễn V. A." (reading A15); a name of one word keeps its first letter only."""
    family, *given = one_line(name).split(" ")
    if not given:
        return _initial(family)
    return " ".join([family, *filter(None, map(_initial, given))])


def _initial(word: str) -> str:
    first = next((character for character in word if character.isalnum()), "")
    return f"{first.upper()}." if first else ""


FORMULA = re.compile(r"(^|[;\t\r\n])(?=[\s,;]*[=+\-@＝＋－＠])|^(?=[\t\r])")


def harmless(value):
    """A spreadsheet takes it for words, never for a formula, also one that splits at semicolons or tabs (R34)."""
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
