import polib
from django.conf import settings
from django.core.management import BaseCommand, CommandError


def faults_of(source):
    """What is wrong with a catalogue and the compiled file beside it, one sentence each."""
    catalogue = polib.pofile(str(source))
    name = source.relative_to(settings.BASE_DIR)
    yield from (f"{name}: fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries())
    yield from (f"{name}: not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries())
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or contents(polib.mofile(str(compiled))) != contents(catalogue):
        yield f"{name}: its .mo is not current"


def contents(catalogue):
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural, entry.msgstr, tuple(sorted(entry.msgstr_plural.items())))
        for entry in catalogue
        if not entry.obsolete
    }


class Command(BaseCommand):
    help = "Fail where a translation is missing, doubtful, or not compiled (`make messages` writes and compiles them)."
    requires_system_checks = []

    def handle(self, *args, **options):
        sources = sorted(source for folder in settings.LOCALE_PATHS for source in folder.glob("*/LC_MESSAGES/*.po"))
        faults = [fault for source in sources for fault in faults_of(source)]
        if faults:
            raise CommandError("\n".join(faults))
