"""What changed between two versions of a result, word by word."""

import re
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|[^\s]+")


def difference(old, new):
    """[("same" | "gone" | "new", text)]: with "gone" left out it is the new text, with "new" left out the old one."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    parts = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(after[j1:j2])))
            continue
        parts += [("gone", "".join(before[i1:i2])), ("new", "".join(after[j1:j2]))]
    return [part for part in parts if part[1]]
