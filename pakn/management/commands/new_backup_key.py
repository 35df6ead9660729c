import os
from pathlib import Path

import pyrage
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Tạo cặp khóa sao lưu: khóa bí mật vào FILE, khóa công khai (BACKUP_KEY) in ra. Cất FILE ngoài máy chủ."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file, **options):
        pair = pyrage.x25519.Identity.generate()
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
                target.write(f"# public key: {pair.to_public()}\n{pair}\n")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self.stdout.write(f"BACKUP_KEY={pair.to_public()}")
        self.stderr.write(_("Cất %s ở nơi khác máy chủ; mất khóa này thì không khôi phục được.") % file)
