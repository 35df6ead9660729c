"""The one settings file: every value that may differ comes from the environment (docs: README, section Settings).

Three ways to run: production (SECRET_KEY given), the demo (DEMO; `make demo` keeps its environment in var/demo.json,
read when no SECRET_KEY is given) and under pytest, which sets PYTEST_VERSION for this very purpose.
"""

import ipaddress
import os
import shutil
import ssl
import tempfile
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from pakn import environment as env
from pakn.logs import JSON
from submissions import phones

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
DEMO_ENVIRONMENT = VAR_DIR / "demo.json"

TESTING = "PYTEST_VERSION" in os.environ
if not (TESTING or env.text("SECRET_KEY")) and DEMO_ENVIRONMENT.exists():
    env.recall(DEMO_ENVIRONMENT)

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY", "only-for-tests" if TESTING else "")
if DEMO and not SECRET_KEY:
    SECRET_KEY = env.secret_kept_in(VAR_DIR / "secret_key")
if not SECRET_KEY:
    env.refuse("SECRET_KEY", "not set. Run `make demo` to try the portal, or set SECRET_KEY to a long random text.")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", "")


def is_loopback(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
if DEMO and not all(is_loopback(host) for host in ALLOWED_HOSTS):
    env.refuse("ALLOWED_HOSTS", "the demo has known passwords, so it serves 127.0.0.1, localhost and [::1] only")
SITE_URL = env.address("SITE_URL", ("http", "https"), "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https:")
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

CAPTCHA_TAKES_PASSED = env.flag("CAPTCHA_TEST_MODE")
if CAPTCHA_TAKES_PASSED and not (DEMO or TESTING):
    env.refuse("CAPTCHA_TEST_MODE", "on is allowed in the demo only (DEMO=on)")


STAFF_MFA = env.choice("STAFF_MFA", ("required", "optional"), "optional" if DEMO or TESTING else "required")
if STAFF_MFA == "optional" and not (DEMO or TESTING):
    env.refuse("STAFF_MFA", "optional is allowed in the demo only (DEMO=on)")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "pakn-demo-2026")
SHARED_LIMITS = "house"
RULE_SETS = sorted({file.stem for file in (BASE_DIR / "agencies" / "data" / "rules").glob("*.toml")} - {SHARED_LIMITS})
DEFAULT_RULE_SET = env.choice("DEFAULT_RULE_SET", RULE_SETS, "khanh-hoa-2022")
OFFICE_PROVINCE = env.shaped("OFFICE_PROVINCE", r"[0-9]{2}", "a province's code of two digits", "56")

HOTLINE = env.shaped("HOTLINE", phones.HOTLINE, "a telephone number", "1900 1023")
SHORT_NUMBER = env.shaped(
    "SHORT_NUMBER", f"(?:{phones.SHORT_NUMBER})?", "a number of 3 to 6 digits for text messages", ""
)
CONTACT_EMAIL = env.contact("CONTACT_EMAIL", "pakn@khanhhoa.gov.vn")

UNLIMITED = "1000000/h" if DEMO or TESTING else ""
LIMIT_SUBMIT = env.rate("LIMIT_SUBMIT", UNLIMITED or "100/h")
LIMIT_SUBMIT_PHONE = env.rate("LIMIT_SUBMIT_PHONE", UNLIMITED or "10/h")
LIMIT_LOOKUP = env.rate("LIMIT_LOOKUP", UNLIMITED or "30/h")
LIMIT_LOGIN = env.rate("LIMIT_LOGIN", UNLIMITED or "20/h")

INSTALLED_APPS = [
    "agencies",
    "submissions",
    "workflow",
    "reports",
    "pakn",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "captcha",
    "csp",
    "bootstrap",
]
MIDDLEWARE = [
    "pakn.request_ids.numbered",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pakn.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pakn.headers.private_by_default",
    "pakn.desks.bounded_sessions",
    "pakn.desks.second_factor_first",
]
ROOT_URLCONF = "pakn.urls"
WSGI_APPLICATION = "pakn.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pakn.context.demo",
                "pakn.context.visitor",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "text",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
    },
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["pakn.formats"]

DATABASES = {
    "default": env.database("DATABASE_URL", {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "pakn.sqlite3"})
}
DATABASE_ENGINE = DATABASES["default"]["ENGINE"]
if DATABASE_ENGINE == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # A file, as in use: threads on the shared in-memory database would share one transaction.
    DATABASES["default"]["TEST"] = {"NAME": Path(tempfile.gettempdir()) / f"pakn-test-{os.getpid()}.sqlite3"}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # Compiling a query takes longer than most of ours run.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 3, "options": "-c jit=off"} | DATABASES["default"].get(
        "OPTIONS", {}
    )

REDIS_URL = env.address("REDIS_URL", ("redis", "rediss"), "")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pakn",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
QUEUE_DIR = VAR_DIR / "queue"
CELERY_BROKER_URL = REDIS_URL or "fsatomic://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 5, "socket_timeout": 30, "socket_keepalive": True}
    if REDIS_URL
    else {"folder": str(QUEUE_DIR)}
)
if REDIS_URL.startswith("rediss:"):
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None
CELERY_TASK_DEFAULT_QUEUE = "pakn"
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 10 * 60, 11 * 60
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: what it did last stands in no file that could be stale
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # those that acknowledge late: none of ours
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_REDIRECT_STDOUTS = False

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["agencies.backend.Backend"]
ACCOUNT_ADAPTER = "workflow.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"  # the phone must be verified; an address counts once it is
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 15 * 60
ACCOUNT_PHONE_VERIFICATION_MAX_RESEND_COUNT = ACCOUNT_LOGIN_BY_CODE_MAX_RESEND_COUNT = 2
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_ADAPTER = "workflow.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "PAKN"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "submissions.account_forms.ActivateForm",
    "authenticate": "submissions.account_forms.SecondFactorForm",
    "reauthenticate": "submissions.account_forms.SecondFactorAgainForm",
}
STAFF_IDLE, STAFF_LONGEST = 30 * 60, 8 * 60 * 60

ACCOUNT_FORMS = {
    "verify_phone": "submissions.account_forms.PhoneCodeForm",
    "confirm_login_code": "submissions.account_forms.LoginCodeForm",
    "add_email": "submissions.account_forms.EmailForm",
    "reauthenticate": "submissions.account_forms.PasswordAgainForm",
}
# What strangers ask for is counted by agencies.limits, which goes on where the cache is away.
OUR_OWN_LIMITS = (
    "login", "login_failed", "signup", "reset_password", "request_login_code", "verify_phone", "confirm_email",
)  # fmt: skip
ACCOUNT_RATE_LIMITS = False if UNLIMITED else dict.fromkeys(OUR_OWN_LIMITS)

LOGIN_URL = "/tai-khoan/dang-nhap/"
LOGIN_REDIRECT_URL = "/can-bo/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "agencies.passwords.VietnameseWordsValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/ready)?$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **dict.fromkeys(
            ("script-src", "style-src", "font-src", "connect-src", "media-src", "manifest-src", "worker-src"), [SELF]
        ),
        "img-src": [SELF, "data:"],  # Bootstrap's stylesheet draws its icons as data: images
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# W021: the browsers' preload list is for whole registered domains, which is not this portal's decision.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

CAPTCHA_CHALLENGE_FUNCT = "submissions.captcha.secure_challenge"
CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 30
CAPTCHA_FONT_SIZE = 30
CAPTCHA_LETTER_ROTATION = (-20, 20)
CAPTCHA_FLITE_PATH = str(BASE_DIR / "scripts" / "captcha-audio.sh") if shutil.which("espeak-ng") else ""

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or TESTING
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN_STATIC if DEBUG or TESTING else MANIFEST_STATIC},
}

MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "pakn.uploads.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("MAIL_FROM", SITE_URL)
EMAIL_TIMEOUT = 10
globals().update(
    env.mail(
        "EMAIL_URL",
        {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": VAR_DIR / "mail"},
    )
)

CLAMD = env.scanner("CLAMD")

SMS_BACKEND = env.gateway("SMS_BACKEND", ("file", "console"))
SMS_TOKEN = env.token("SMS_TOKEN")
SMS_UNACCENTED = env.flag("SMS_UNACCENTED")
SMS_FILE = VAR_DIR / "sms.jsonl"

KEEP_SENDERS_YEARS = env.number("KEEP_SENDERS_YEARS", 5)
if not KEEP_SENDERS_YEARS:
    env.refuse("KEEP_SENDERS_YEARS", "at least 1: the sender must be able to come back to a case that has closed")

BACKUP_DIR = Path(env.text("BACKUP_DIR", str(VAR_DIR / "backup")))
BACKUP_KEY = env.text("BACKUP_KEY")

LOG_FORMAT = env.choice("LOG_FORMAT", ("json", "plain"), "plain" if DEMO or TESTING else "json")
SENTRY_DSN = env.address("SENTRY_DSN", ("http", "https"), "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "pakn.logs.Plain", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": JSON,
    },
    "filters": {"codes": {"()": "pakn.logs.HideCodes"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["codes"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Without Django's own handlers: none mails a traceback, which would carry what people typed.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "pakn.requests": {"level": "WARNING" if DEMO or TESTING else "INFO"},
    },
}
