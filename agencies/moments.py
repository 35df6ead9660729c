"""A moment as people type it for a command."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from .calendar import LOCAL

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)


def read_moment(text: str) -> datetime:
    """Read `2026-03-02T09:12`, local where no zone is given. Raises ValueError with a sentence for who typed it."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            _("Không đọc được thời điểm %(text)r; hãy ghi như 2026-03-02T09:12.") % {"text": text}
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
