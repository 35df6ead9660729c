"""`manage.py load_rules`: rule sets, each with the limits that it shares with others."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.loaders.rules import is_shared_part, load_rule_set, read_limits, read_rule_set
from agencies.loaders.source_files import SourceError, TomlFile


class Command(BaseCommand):
    help = "Nạp các quy định về thời hạn; bản đã có hồ sơ áp dụng thì không sửa được."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="tệp toml, mỗi tệp một quy định")

    def handle(self, *args, files, verbosity, **options):
        """All files or none."""
        try:
            with transaction.atomic():
                said = [self._load(path) for path in files]
        except SourceError as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write("\n".join(said))

    def _load(self, path):
        if is_shared_part(path):
            read_limits(TomlFile(path))
            return _("%(file)s: phần dùng chung, nạp cùng các quy định dẫn đến nó") % {"file": path.name}
        return ": ".join(load_rule_set(read_rule_set(path)))
