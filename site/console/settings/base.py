"""What every installation shares; ``docs/settings.md`` documents each variable."""

from __future__ import annotations

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from .database import database_from
from .queues import queues_from
from .secret import secret_key_from

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SECRET_KEY = secret_key_from(env, DATA_DIR)
TOCSIN_SECRET_KEY_GIVEN = bool(env.str("SECRET_KEY", default=""))
#: Keys the fingerprints of addresses; must outlive a change of SECRET_KEY.
FINGERPRINT_KEY = env.str("FINGERPRINT_KEY", default=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = [
    "console",
    "notifications",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "import_export",
    "simple_history",
    "anymail",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "console.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "console.packing.PackMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "console.middleware.ClusterPrefixMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "console.middleware.AccessMiddleware",
]

ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"
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
                "console.context.frame",
            ],
        },
    },
]

DATABASES = {"default": database_from(env, DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
HUEY_QUEUES = queues_from(env, DATA_DIR)
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

AUTH_USER_MODEL = "console.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "console.access.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "tocsin_session"
CSRF_COOKIE_NAME = "tocsin_csrf"
CSRF_FAILURE_VIEW = "console.pages.csrf_failure"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("fr", _("French"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "notifications" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SERVESTATIC_USE_FINDERS = True

WAGTAIL_SITE_NAME = "Tocsin"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_WORKFLOW_ENABLED = False
# One language of the console so far, and every time in the time zone of the cluster.
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", _("English"))]
WAGTAIL_USER_TIME_ZONES = ["UTC"]

SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_ENABLED = True

# Without EMAIL_URL, mail goes to the sandbox server that belongs to the set.
SANDBOX_SMTP_PORT = env.int("SANDBOX_SMTP_PORT", default=PORT + 25)
USE_SANDBOX_MAIL = not env.str("EMAIL_URL", default="")
_mail = env.email_url("EMAIL_URL", default=f"smtp://127.0.0.1:{SANDBOX_SMTP_PORT}")
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=_mail["EMAIL_BACKEND"])
EMAIL_HOST = _mail.get("EMAIL_HOST") or "127.0.0.1"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
#: How many connections, messages on each and messages a second: from EMAIL_URL.
EMAIL_POOL = {name.lower(): value for name, value in _mail.get("OPTIONS", {}).items()}
ANYMAIL = env.json("ANYMAIL", default={})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="tocsin@localhost")

_EMAIL = "notifications.channels.email.EmailChannel"
TOCSIN_CHANNELS: dict[str, object] = {"email": _EMAIL}
#: Where mail goes while the first way is in trouble.
EMAIL_FALLBACK_URL = env.str("EMAIL_FALLBACK_URL", default="")
if EMAIL_FALLBACK_URL:
    TOCSIN_CHANNELS["email"] = [
        {"name": EMAIL_BACKEND.split(".")[-2], "class": _EMAIL},
        {
            "name": "fallback",
            "class": _EMAIL,
            "options": {"url": EMAIL_FALLBACK_URL},
        },
    ]

#: The domain at which an SMS gateway takes texts as mail: number@domain. Where mail
#: stays in the sandbox, texts do too.
SMS_GATEWAY = env.str("SMS_GATEWAY", default="")
if SMS_GATEWAY or USE_SANDBOX_MAIL:
    TOCSIN_CHANNELS["sms"] = [
        {
            "name": "sms-gateway" if SMS_GATEWAY else "sms-sandbox",
            "class": "notifications.channels.sms.MailGatewayChannel",
            "options": {
                "domain": SMS_GATEWAY or "sms.sandbox",
                "url": env.str("SMS_GATEWAY_URL", default=""),
            },
        }
    ]

IMPORT_EXPORT_USE_TRANSACTIONS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
_SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_SELF],
        # The admin's choosers and date pickers still carry inline scripts.
        "script-src": [_SELF, "'unsafe-inline'"],
        "style-src": [_SELF, "'unsafe-inline'"],
        "img-src": [_SELF, "data:", "blob:"],
        "font-src": [_SELF, "data:"],
        "connect-src": [_SELF],
        "frame-src": [_SELF],
        "frame-ancestors": [_SELF],
        "form-action": [_SELF],
        "base-uri": [_SELF],
        "object-src": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tocsin": {"level": "INFO"},
        "django.server": {"level": "WARNING"},
    },
}
