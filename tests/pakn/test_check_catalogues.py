import polib
import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def catalogue(settings, tmp_path):
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = polib.POFile()
    source.append(polib.POEntry(msgid="Gửi", msgstr="Send"))
    source.save(str(folder / "django.po"))
    source.save_as_mofile(str(folder / "django.mo"))
    return polib.pofile(str(folder / "django.po"))


def complaint():
    with pytest.raises(CommandError) as raised:
        call_command("check_catalogues")
    return str(raised.value).replace("\\", "/")


@pytest.mark.usefixtures("catalogue")
def test_a_complete_and_compiled_catalogue_passes():
    call_command("check_catalogues")


def test_a_catalogue_changed_after_compiling_fails(catalogue):
    catalogue[0].msgstr = "Send it"
    catalogue.save()
    assert complaint() == "locale/en/LC_MESSAGES/django.po: its .mo is not current"


def test_a_missing_and_a_doubtful_translation_fail(catalogue):
    catalogue.append(polib.POEntry(msgid="Xem"))
    catalogue.append(polib.POEntry(msgid="Tải", msgstr="Load", flags=["fuzzy"]))
    catalogue.save()
    catalogue.save_as_mofile(catalogue.fpath.replace(".po", ".mo"))
    assert complaint().splitlines()[:2] == [
        "locale/en/LC_MESSAGES/django.po: fuzzy: 'Tải'",
        "locale/en/LC_MESSAGES/django.po: not translated: 'Xem'",
    ]
