"""The second factor of staff (R40): asked for at every login once it is set up; until then no desk opens.

Whether this session has passed stands in the session itself, put there by the login or by setting the factor up.
"""

from django.conf import settings

PASSED = "second_factor"


def is_demanded() -> bool:
    return settings.STAFF_MFA == "required"


def has_passed(request) -> bool:
    """Whether this session may work at a desk."""
    return not is_demanded() or request.session.get(PASSED, False)


def note_passed(request) -> None:
    request.session[PASSED] = True
