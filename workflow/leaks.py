"""What must not go out with a text unnoticed: personal data, marks of secrecy, passages of internal talk (S4 §2).

A hit stops the text until it is changed, or until somebody says why it may stand.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.contacts import contacts
from submissions.phones import BadPhone, read_phone
from submissions.text import fold

from .models import Readers

PASSAGE = 8
"""Words in a row that a text may not share with internal notes, unless the sender wrote them."""
WORD = re.compile(r"\w+")
GAP = r"[ .\-/()]{0,3}"
DATE = r"(?!\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})"
PHONE = re.compile(rf"(?<![\d.])\(?{DATE}(?:\+?84|0)(?:{GAP}\d){{8,10}}(?!\d)")
IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{3}[ .\-]?\d{3}[ .\-]?\d{3}[ .\-]?\d{3}(?!\d)")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
PLATE = re.compile(
    r"(?<!\w)\d{2}(?:[ .\-]?[A-ZĐ]{1,2}\d?[ .\-]?|[ .\-]?[a-zđ]{1,2}\d?[.\-])(?:\d{3}[. ]?\d{2}|\d{4})(?!\w)"
)
MARK = re.compile(r"(?<!\w)(?:MẬT|NỘI BỘ)(?!\w)|(?<!\w)(?i:tuyệt mật|tối mật|lưu hành nội bộ)(?!\w)")
PLAIN = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "–": "-", "—": "-", "−": "-", "‑": "-"})
"""However it was typed or pasted: every space a space, every dash a dash; the length stays."""


class Kind(models.TextChoices):
    INNER = "inner", _("trùng với trao đổi nội bộ")
    MARK = "mark", _("dấu mật, nội bộ")
    PHONE = "phone", _("số điện thoại")
    IDENTITY = "identity", _("số định danh 12 chữ số")
    EMAIL = "email", _("địa chỉ thư điện tử")
    PLATE = "plate", _("biển số xe")
    NAME = "name", _("tên người gửi")


@dataclass(frozen=True)
class Hit:
    """A stretch of the text: [start, end)."""

    kind: Kind
    start: int
    end: int
    text: str

    @property
    def label(self):
        return str(self.kind.label)


def found(case, text, *, public) -> list[Hit]:
    """Every hit in the text, in order. Where it is not public, the sender's own data may stand."""
    identities = _matches(text, Kind.IDENTITY, IDENTITY_NUMBER)
    phones = _matches(text, Kind.PHONE, PHONE, lambda number: _is_own_number(case, number, public))
    hits = [
        *identities,
        *(phone for phone in phones if not any(one.start <= phone.start < one.end for one in identities)),
        *_matches(text, Kind.MARK, MARK),
        *_matches(text, Kind.EMAIL, EMAIL, lambda address: _is_own_address(case, address, public)),
        *_matches(text, Kind.PLATE, PLATE),
        *(_names(case, text) if public else ()),
        *_passages(text, _inner_texts(case), [case.title, case.content, case.place]),
    ]
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))


def personal(text) -> list[Hit]:
    """Personal data in what a sender wrote; our own numbers and addresses are not."""
    found_of = {Kind.IDENTITY: IDENTITY_NUMBER, Kind.PHONE: PHONE, Kind.EMAIL: EMAIL, Kind.PLATE: PLATE}
    ours = {Kind.PHONE: _is_our_number, Kind.EMAIL: _is_our_address}
    hits = [
        hit for kind, pattern in found_of.items() for hit in _matches(text, kind, pattern, ours.get(kind, _is_nobodys))
    ]
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))


def pieces(text, hits):
    """[(piece, hit or None)] that together are the text; of hits that overlap the first is drawn whole."""
    parts, at = [], 0
    for hit in hits:
        start = max(hit.start, at)
        if start < hit.end:
            parts += [(text[at:start], None), (text[start : hit.end], hit)]
            at = hit.end
    return [part for part in [*parts, (text[at:], None)] if part[0]]


def of_the_matter(title, content) -> list[Hit]:
    """Personal data in what the public will read of the matter itself."""
    return personal(f"{title}\n{content}")


def insist(step, field, hits):
    """Raises ValidationError beside the field of a text where nobody justified its hits; keeps the justification."""
    if not hits:
        return
    justified = step.data.get("justified")
    if not justified or step.data.get("hits_seen") != digest(hits):
        raise ValidationError({field: [said(hit) for hit in hits]})
    reason = justified if isinstance(justified, str) else ""
    step.facts |= {"leaks": sorted({str(hit.kind) for hit in hits}), "cleared": [said(hit) for hit in hits]}
    step.facts["justified"] = reason


def digest(hits):
    """What a justification is bound to: exactly these hits, as they were shown."""
    listed = sorted((str(hit.kind), hit.text) for hit in hits)
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest() if listed else ""


def said(hit):
    """A hit as a sentence beside its field."""
    short = hit.text if len(hit.text) <= 80 else f"{hit.text[:77]}…"
    return _("“%(text)s”: %(kind)s.") % {"text": short, "kind": hit.label}


def _is_nobodys(_text):
    return False


def _matches(text, kind, pattern, is_allowed=_is_nobodys):
    return [
        Hit(kind, match.start(), match.end(), text[match.start() : match.end()])
        for match in pattern.finditer(text.translate(PLAIN))
        if not is_allowed(match[0])
    ]  # fmt: skip


def _is_our_number(number):
    ours = contacts()
    return re.sub(r"\D", "", number) in {re.sub(r"\D", "", one) for one in (ours.hotline, ours.short_number) if one}


def _is_our_address(address):
    return address.casefold() == contacts().email.casefold()


def _is_own_number(case, number, public):
    if _is_our_number(number):
        return True
    try:
        return not public and read_phone(number) == case.sender.phone
    except BadPhone:
        return False


def _is_own_address(case, address, public):
    return _is_our_address(address) or not public and address.casefold() == case.sender.email.casefold()


def _words(text):
    """[(folded word, start, end)]."""
    return [(fold(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]


def _names(case, text):
    name = [word for word, _start, _end in _words(case.sender.full_name)]
    if len(name) < 2:
        return []
    words = _words(text)
    return [
        Hit(Kind.NAME, words[at][1], words[at + len(name) - 1][2], text[words[at][1] : words[at + len(name) - 1][2]])
        for at in range(len(words) - len(name) + 1)
        if [word for word, _start, _end in words[at : at + len(name)]] == name
    ]


def _inner_texts(case):
    """Notes that stay inside, what the centre noted about a caller, what coordinating agencies were asked and said."""
    events = case.events.all()
    notes = [event.note for event in events if event.readers != Readers.SENDER]
    about = [event.facts.get("about_caller") for event in events]
    opinions = [(consultation.note, consultation.body) for consultation in case.consultations.all()]
    return [text for text in chain(notes, about, *opinions) if text]


def _passages(text, inner, own):
    """Stretches of PASSAGE words or more that stand in an internal text and not in what the sender wrote."""
    shared = _runs(inner) - _runs(own)
    words, hits, at = _words(text), [], 0
    while at <= len(words) - PASSAGE:
        end = at
        while end <= len(words) - PASSAGE and _run(words, end) in shared:
            end += 1
        if end > at:
            start, stop = words[at][1], words[end + PASSAGE - 2][2]
            hits.append(Hit(Kind.INNER, start, stop, text[start:stop]))
            at = end + PASSAGE - 1
        else:
            at += 1
    return hits


def _run(words, at):
    return tuple(word for word, _start, _end in words[at : at + PASSAGE])


def _runs(texts):
    runs = set()
    for text in texts:
        words = _words(text)
        runs |= {_run(words, at) for at in range(len(words) - PASSAGE + 1)}
    return runs
