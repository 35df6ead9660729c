"""Make the floor's tables and N tickets: `python -m bare.fill N`."""

import os
import sys

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

TICKETS = """
INSERT INTO bare_ticket (code, title, content, state, holder, received_at, due_at)
SELECT 'T-' || n, 'Đèn đường hỏng số ' || n, repeat('Đèn đường trước nhà không sáng đã ba hôm nay. ', 5), 'PROCESSING',
  CASE WHEN n %% 40 = 0 THEN 'soxd' ELSE 'other' || n %% 30 END, now(), now() + n * interval '1 second'
FROM generate_series(1, %s) n
"""


def main(count):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bare.settings")
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    get_user_model().objects.create_user("bench")
    with connection.cursor() as cursor:
        cursor.execute(TICKETS, [count])


if __name__ == "__main__":
    main(int(sys.argv[1]))
