"""The first start of a real installation."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from agencies.models import Agency, CalendarDay, RuleSet
from submissions.models import PublicText

User = get_user_model()


@pytest.fixture
def given(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "goc")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "mot-cau-rat-dai-2026")


@pytest.mark.django_db
def test_reference_data_and_one_administrator_are_there_afterwards(given, capsys):
    call_command("first_run", interactive=False)
    (account,) = User.objects.all()
    assert (account.username, account.is_superuser) == ("goc", True)
    assert all(model.objects.exists() for model in (Agency, CalendarDay, RuleSet, PublicText))
    assert "/quan-tri/" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_second_run_touches_nothing_that_was_changed_since(given, capsys):
    call_command("first_run", interactive=False)
    Agency.objects.filter(code="soxd").update(name="Sở Xây dựng và Giao thông")
    call_command("first_run", interactive=False)
    assert "không nạp hay tạo gì thêm" in capsys.readouterr().out
    assert Agency.objects.get(code="soxd").name == "Sở Xây dựng và Giao thông"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_demo_prepares_itself(given, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="make demo"):
        call_command("first_run", interactive=False)
    assert not User.objects.exists()
