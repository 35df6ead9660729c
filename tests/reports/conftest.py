import pytest
import time_machine
from django.core.cache import cache

from tests.cast import at, cast, journey

__all__ = ["cast", "journey"]


@pytest.fixture
def answered(journey, cast):
    """A case that soxd answers on 6 March 2026 at 09:00, each step in time; times may be changed."""

    def answer(lodged="2026-03-02 08:00", accepted="2026-03-02 15:00", approved="2026-03-06 09:00", **changes):
        way = journey(lodged, **changes)
        way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
        way.does("accept", cast.son, accepted)
        way.does("submit", cast.son, "2026-03-05 15:00", outcome="done", body="Đã thay bóng đèn.")
        way.does("approve", cast.lan, approved)
        return way

    return answer


@pytest.fixture
def clock_at():
    """`with clock_at("2026-04-01 08:00"):` what the server then takes for now, with nothing counted before."""

    def travel(moment):
        cache.clear()
        return time_machine.travel(at(moment), tick=False)

    return travel
