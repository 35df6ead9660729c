import pytest

from tests.cast import cast

from .portal import Portal

__all__ = ["cast"]


@pytest.fixture
def portal(cast, settings):
    """The province in small, reached over HTTP only."""
    settings.CAPTCHA_TAKES_PASSED = True
    return Portal()
