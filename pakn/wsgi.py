"""The WSGI application; a bad setting ends the server with one line instead of a traceback."""

import importlib
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

NEVER_RESTART = 3
"""The exit code by which a worker tells gunicorn that starting it again would not help."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pakn.settings")
try:
    importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
except ImproperlyConfigured as error:
    sys.stderr.write(f"error: {error}\n")
    sys.exit(NEVER_RESTART)

application = get_wsgi_application()
