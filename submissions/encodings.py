"""Vietnamese text that reads badly: written in an old font's code (TCVN3, VNI) or without diacritics (Đ5.2).

What is noticed is only ever remarked upon: nobody is turned away for it, and no text is changed unasked.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Written(StrEnum):
    TCVN3 = "tcvn3"
    VNI = "vni"
    UNACCENTED = "unaccented"


@dataclass(frozen=True)
class Remark:
    """How title and content are written; for an old font's code also how they read in Unicode."""

    written: Written
    title: str = ""
    content: str = ""

    def stored(self) -> dict:
        """As it is kept with the case."""
        reading = {"title": self.title, "content": self.content} if self.written != Written.UNACCENTED else {}
        return {"written": str(self.written)} | reading


GRAVE, ACUTE, TILDE, HOOK, DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
CIRCUMFLEX, BREVE = "\u0302", "\u0306"
TONES = GRAVE + ACUTE + TILDE + HOOK + DOT

_TCVN3_TONED = {
    "a": "µ¸·¶¹", "ă": "»¾½¼Æ", "â": "ÇÊÉÈË", "e": "ÌÐÏÎÑ", "ê": "ÒÕÔÓÖ", "i": "×ÝÜØÞ", "o": "ßãâáä", "ô": "åèçæé",
    "ơ": "êíìëî", "u": "ïóòñô", "ư": "õø÷öù", "y": "úýüûþ",
}  # fmt: skip
"""Letters of TCVN3 (ABC) as Latin-1 shows them, each vowel's in the order of TONES."""
_TCVN3_PLAIN = dict(zip("¨©ª«¬\u00ad®¡¢£¤¥¦§", "ăâêôơưđĂÂÊÔƠƯĐ", strict=True))
_VNI_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_TONES = dict(zip("øùõûï", TONES, strict=True))
_VNI_CIRCUMFLEX = {"â": CIRCUMFLEX} | {mark: CIRCUMFLEX + tone for mark, tone in zip("àáãåä", TONES, strict=True)}
_VNI_BREVE = {"ê": BREVE} | {mark: BREVE + tone for mark, tone in zip("èéüúë", TONES, strict=True)}


def _composed(text):
    return unicodedata.normalize("NFC", text)


def _tcvn3():
    toned = {
        sign: _composed(vowel + tone)
        for vowel, signs in _TCVN3_TONED.items()
        for sign, tone in zip(signs, TONES, strict=True)
    }
    return toned | _TCVN3_PLAIN


def _vni():
    """VNI writes a vowel and behind it its mark: "Ñöôøng" is "Đường"."""
    vowels = {vowel: vowel for vowel in "aeouy"} | {"ô": "ơ", "ö": "ư"}
    pairs = {sign + mark: base + tone for sign, base in vowels.items() for mark, tone in _VNI_TONES.items()}
    pairs |= {vowel + mark: vowel + marks for vowel in "aeo" for mark, marks in _VNI_CIRCUMFLEX.items()}
    pairs |= {"a" + mark: "a" + marks for mark, marks in _VNI_BREVE.items()}
    small = {sign: _composed(letter) for sign, letter in (pairs | _VNI_SINGLE).items()}
    capital = {sign.upper(): letter.upper() for sign, letter in small.items()}
    mixed = {sign[0].upper() + sign[1]: letter.upper() for sign, letter in small.items() if len(sign) == 2}
    return small | mixed | capital


TABLES = {Written.TCVN3: _tcvn3(), Written.VNI: _vni()}
_SIGNS = {code: re.compile("|".join(sorted(table, key=len, reverse=True))) for code, table in TABLES.items()}


_TELLTALES = {code: frozenset("".join(table)) - frozenset(map(chr, range(128))) for code, table in TABLES.items()}


def decoded(text: str, code: Written) -> str:
    """A text of an old font in Unicode; what the font has no sign for stays."""
    table = TABLES[code]
    return _SIGNS[code].sub(lambda sign: table[sign[0]], _composed(text))


_INITIALS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyên uyêt uyn uynh uyp uyt uyu
uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu yt ynh yn yp
""".split()
ENOUGH_SIGNS, ENOUGH_WORDS = 3, 6
"""Fewer say nothing: an abbreviation, a code, a foreign name."""
SIGNS_AMONG_LETTERS = 0.08
READABLE, GAIN = 0.75, 0.3
"""Share of Vietnamese syllables that a reading must have, and by how much more than the text as it stands."""
UNACCENTED, NEEDING_MARKS, MARKED_AT_MOST = 0.8, 0.1, 0.05
"""Shares of an unaccented text's words: bare syllables, those among them that are none without a mark, marked ones."""


def _without(marks, text):
    kept = (character for character in unicodedata.normalize("NFD", text) if character not in marks)
    return _composed("".join(kept))


def _bare(text):
    return _without(TONES + CIRCUMFLEX + BREVE + "\u031b", text).replace("đ", "d")


_SYLLABLE = re.compile(f"(?:{_INITIALS})?(?:{'|'.join(_RIMES)})")
_BARE_SYLLABLE = re.compile(f"(?:{_INITIALS})?(?:{'|'.join({_bare(rime) for rime in _RIMES})})")
_NEEDS_MARKS = re.compile("(?:.*[^aeiouy])?(?:uo.+|[iy]e.+|uye.+|.*(?:[ptc]|ch))")
"""Written out, such a syllable has a mark: "iê", "ươ", "uô" are never bare, and a closing p, t, c, ch wants a tone."""


def remark(title: str, content: str) -> Remark | None:
    """What there is to say about texts as they were typed (unclean: a soft hyphen is the TCVN3 "ư")."""
    texts = {"title": title, "content": content}
    codes = {name: code for name, text in texts.items() if (code := _code_of(text))}
    if codes:
        return Remark(
            next(reversed(codes.values())),
            **{name: decoded(text, codes[name]) if name in codes else text for name, text in texts.items()},
        )
    if any(map(_is_unaccented, (title, content, f"{title}\n{content}"))):
        return Remark(Written.UNACCENTED)
    return None


def _code_of(text):
    """The old font's code in which a text reads as Vietnamese, while as it stands it doesn't."""
    readable_now = _readable(text)
    readings = {code: _readable(decoded(text, code)) for code in TABLES if _has_signs(text, code)}
    code = max(readings, key=readings.get, default=None)
    return code if code and readings[code] >= max(READABLE, readable_now + GAIN) else None


def _has_signs(text, code):
    signs = sum(1 for character in _composed(text) if character in _TELLTALES[code])
    letters = sum(map(str.isalpha, text))
    return signs >= ENOUGH_SIGNS and signs >= SIGNS_AMONG_LETTERS * letters


def _readable(text):
    """The share of words that are Vietnamese syllables."""
    words = [word for word in re.split(r"[\s!-@\[-`{-~]+", _without(TONES, text).lower()) if word]
    return sum(1 for word in words if _SYLLABLE.fullmatch(word)) / len(words) if words else 0


def _is_unaccented(text):
    """Enough words, nearly all of them Vietnamese syllables without any mark, some of which can't do without.

    Names prove nothing: people write Khanh Hoa, Nguyen Hue.
    """
    words = re.findall(r"[^\W\d_]+", _composed(text))
    bare = [word for word in words if word.isascii()]
    if len(words) < ENOUGH_WORDS or len(words) - len(bare) > MARKED_AT_MOST * len(words):
        return False
    syllables = [word for word in bare if _BARE_SYLLABLE.fullmatch(word.lower())]
    wanting = [word for word in syllables if word.islower() or text.isupper()]
    wanting = [word for word in wanting if _NEEDS_MARKS.fullmatch(word.lower())]
    return len(syllables) >= UNACCENTED * len(words) and len(wanting) >= NEEDING_MARKS * len(words)
