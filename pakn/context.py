"""What every template knows."""

from django.conf import settings

from submissions.sessions import OPENED


def demo(request):
    """`demo` puts the banner on every page."""
    return {"demo": settings.DEMO}


def visitor(request):
    """`opened`: cases were opened here by code and phone; `at_work`: the account belongs to an agency."""
    user = request.user
    return {
        "opened": bool(request.session.get(OPENED)),
        "at_work": lambda: user.is_authenticated and user.works_for_an_agency,
    }
