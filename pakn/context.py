"""What every template knows."""

from django.conf import settings


def demo(request):
    """`demo` puts the banner on every page."""
    return {"demo": settings.DEMO}
