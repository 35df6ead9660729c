"""The twelve states of a case and the sets of them that have a name. Pure."""

from enum import StrEnum


class State(StrEnum):
    LODGED = "LODGED"
    CHECKED = "CHECKED"
    SENT_BACK = "SENT_BACK"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    DISTRIBUTED = "DISTRIBUTED"
    RETURNED = "RETURNED"
    PROCESSING = "PROCESSING"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    ANSWERED = "ANSWERED"
    SEALED = "SEALED"


ALL = frozenset(State)
CLOSED = frozenset({State.REFUSED, State.WITHDRAWN, State.ANSWERED, State.SEALED})
OPEN = ALL - CLOSED
AT_INTAKE = frozenset({State.LODGED, State.CHECKED, State.RETURNED})
WITH_CENTRE = AT_INTAKE | {State.SENT_BACK}
WITH_SENDER = frozenset({State.SENT_BACK})
WITH_AGENCY = frozenset({State.DISTRIBUTED, State.PROCESSING, State.SUBMITTED, State.APPROVED})
NEVER_PUBLIC = frozenset({State.REFUSED, State.WITHDRAWN, State.SEALED})
