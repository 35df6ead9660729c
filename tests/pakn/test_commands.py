"""The minute's work by hand: `manage.py sweep` and `deliver` as of a given time."""

import pytest
from django.core.management import CommandError, call_command

from tests.cast import at
from workflow.models import Heartbeat

pytestmark = pytest.mark.usefixtures("cast")


def test_a_pass_of_each_says_in_one_line_what_was_done(cast, capsys):
    """Due at 14:00, a quarter of the time left at 11:00: the centre is told once; what was queued goes out."""
    cast.files("2026-03-02 08:00")
    call_command("sweep", now="2026-03-02T11:00")
    assert capsys.readouterr().out == "Nhắc hạn: 1 lời nhắc mới, 1 thông báo chờ gửi.\n"
    call_command("sweep", now="2026-03-02T11:00")
    assert capsys.readouterr().out == "Nhắc hạn: 0 lời nhắc mới, 0 thông báo chờ gửi.\n"


def test_a_time_without_a_zone_is_local():
    call_command("sweep", now="2026-03-02T11:00")
    call_command("deliver", now="2026-03-02T04:00:30+00:00")
    assert Heartbeat.objects.get(job="sweep").at == at("2026-03-02 11:00")
    assert Heartbeat.objects.get(job="deliver").at == at("2026-03-02 11:00:30")


@pytest.mark.parametrize("command", ["sweep", "deliver", "housekeeping"])
@pytest.mark.parametrize("text", ["", "x", "2026-03-02", "2026-02-30T08:00", "11:00"])
def test_a_time_that_is_none_is_refused_in_one_sentence(command, text):
    with pytest.raises(CommandError) as raised:
        call_command(command, now=text)
    assert str(raised.value) == f"Không đọc được thời điểm {text!r}; hãy ghi như 2026-03-02T09:12."
    assert not Heartbeat.objects.exists()
