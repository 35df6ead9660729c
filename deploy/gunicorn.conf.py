"""What systemd and Docker start: `gunicorn --config deploy/gunicorn.conf.py pakn.wsgi`; WEB_* say what may differ."""

import os

from pakn.logs import JSON

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
worker_tmp_dir = "/dev/shm"  # noqa: S108 a heartbeat's file, in memory
timeout, graceful_timeout, keepalive = 60, 10, 5
max_requests, max_requests_jitter = 5000, 500
accesslog = None  # the portal writes its own line for each request, without the path
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": JSON},
    "filters": {"codes": {"()": "pakn.logs.HideCodes"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["codes"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "INFO", "propagate": False},
    },
}
