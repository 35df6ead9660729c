"""What one browser session knows: the cases opened in it by code and phone, and the key of its drafts and captchas."""

import secrets

from agencies.second_factor import has_passed

from .viewers import Viewer, viewer_for

OPENED, DRAFT_KEY = "opened", "draft_key"
MAX_OPENED = 20


def public_viewer(request) -> Viewer:
    """Who looks at a public page: the sender of the cases opened here, or of an account. Staff are visitors there."""
    opened = frozenset(request.session.get(OPENED, ()))
    user = request.user if request.user.is_authenticated else None
    if user and user.works_for_an_agency:
        user = None
    return Viewer(user, (), opened)


def staff_viewer(request) -> Viewer:
    """Who looks at a page of staff: the account with what it does today; nothing before its second factor (R40)."""
    return viewer_for(request.user) if has_passed(request) else Viewer(request.user)


def open_in_session(request, case) -> None:
    """Remember that this session gave code and phone of the case; the oldest of more than MAX_OPENED is forgotten."""
    others = [pk for pk in request.session.get(OPENED, []) if pk != case.pk]
    request.session[OPENED] = [*others, case.pk][-MAX_OPENED:]


def draft_key(request) -> str:
    """The random key that binds uploaded drafts and captchas to this session, made when first needed."""
    if DRAFT_KEY not in request.session:
        request.session[DRAFT_KEY] = secrets.token_urlsafe(32)
    return request.session[DRAFT_KEY]
