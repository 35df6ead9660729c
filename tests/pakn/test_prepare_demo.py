import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_accounts_with_a_known_password_are_never_made_outside_the_demo():
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("prepare_demo")
