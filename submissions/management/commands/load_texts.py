"""`manage.py load_texts`: the first texts of the public pages."""

import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.texts import load_texts


class Command(BaseCommand):
    help = "Nạp bài hướng dẫn, câu hỏi, tin chưa có; bài đã có giữ nguyên như người biên tập để lại."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="tệp toml như submissions/data/texts.toml")

    def handle(self, *args, file, verbosity, **options):
        try:
            added = load_texts(file, timezone.now())
        except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise CommandError(f"{file}: {error}") from None
        if verbosity:
            self.stdout.write(_("Nội dung trang công khai: thêm %(added)d") % {"added": added})
