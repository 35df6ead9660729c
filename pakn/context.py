"""What every template knows."""

from django.conf import settings

from submissions.sessions import OPENED


def demo(request):
    """`demo` puts the banner on every page."""
    return {"demo": settings.DEMO}


def visitor(request):
    """`opened`: cases were opened here by code and phone; `at_work`: the account belongs to an agency.

    What is refused before sessions are looked at, such as a foreign host, gets its page all the same.
    """
    if not hasattr(request, "user"):
        return {"opened": False, "at_work": False}
    user = request.user
    return {
        "opened": bool(request.session.get(OPENED)),
        "at_work": lambda: user.is_authenticated and user.works_for_an_agency,
    }
