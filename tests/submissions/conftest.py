import pytest

from tests.cast import cast, journey

__all__ = ["cast", "journey"]


@pytest.fixture
def passing_captcha(settings):
    """The answer PASSED is right."""
    settings.CAPTCHA_TAKES_PASSED = True


@pytest.fixture
def published(journey, cast):
    """Publishes a case of Bà Cúc's, changed as given: with soxd, its answer "Đã thay bóng đèn."."""

    def publish(release=(), attachments=(), **changes):
        way = journey(**changes)
        way.does(
            "distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"), release=release
        )
        way.does("accept", cast.son, "2026-03-02 15:00")
        way.does(
            "submit", cast.son, "2026-03-05 15:00", outcome="done", body="Đã thay bóng đèn.", attachments=attachments
        )
        way.does("approve", cast.lan, "2026-03-06 09:01")
        return way

    return publish
