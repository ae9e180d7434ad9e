"""Settings that every place shares. What differs by place stands in dev, test and prod."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from timebank.embedded import urls as services

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

INSTALLED_APPS = [
    "accounts",
    "audit",
    "notifications",
    "ledger",
    "communities",
    "tasks",
    "bookings",
    "transfers",
    "rewards",
    "papers",
    "reports",
    "home",
    "demo",
    "core",
    "timebank",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LocaleFromReader",
    "core.middleware.PlainLetters",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.DatabaseDown",
    "core.middleware.CleanAddress",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.middleware.NotThatWay",
    "core.middleware.LeadsElsewhere",
    "accounts.middleware.IdleDesk",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "communities.middleware.ClosedAfterRestore",
    "audit.middleware.HistoryContext",
]

ROOT_URLCONF = "timebank.urls"
WSGI_APPLICATION = "timebank.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "core.templatetags.look"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.page",
                "home.context_processors.nav",
            ],
        },
    }
]

_services = services.resolve(DATA_DIR)
DATABASES = {"default": env.db_url_config(_services.app_url)}
if _services.owner_url:  # absent from the web and the workers in production: `migrate`, `backup` and `restore` alone
    DATABASES["owner"] = env.db_url_config(_services.owner_url)
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
for _alias in DATABASES.values():
    _alias["ATOMIC_REQUESTS"] = False
    _alias["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _alias["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions, limits and cache stand in PostgreSQL, so that a lost Redis breaks no page.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 90 * 24 * 3600  # residents; staff sessions are cut to 12 h at sign-in
SESSION_COOKIE_HTTPONLY = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

CELERY_BROKER_URL = _services.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge must never hold a page up: one second, no second try; the sweep does what a lost nudge asked for.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "visibility_timeout": 900,
    "retry_on_timeout": False,
}
CELERY_BEAT_SCHEDULE = {"run-due": {"task": "notifications.jobs.run_due_job", "schedule": 60.0}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))

CRISPY_ALLOWED_TEMPLATE_PACKS = "timebank_forms"
CRISPY_TEMPLATE_PACK = "timebank_forms"
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DB_FORMAT = "E164"

MAIL_DIR = Path(env.str("MAIL_DIR", default=str(DATA_DIR / "mail")))
SMS_DIR = Path(env.str("SMS_DIR", default=str(DATA_DIR / "sms")))
SMS_SENDER = "core.sms.FileSmsSender"
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold the sweep up
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="timebank@localhost")
# The code stands on the sign-in page: on a developer's machine alone, where the demonstration's phones are invented.
DEMO_SHOWS_CODES = False
CONTACT_PHONE = env.str("CONTACT_PHONE", default="")  # on pages that know no community
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")
SITE_NAME = _("Community time bank")

_self = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_self],
        "img-src": [_self, "data:"],
        "style-src": [_self],
        "script-src": [_self],
        "object-src": ["'none'"],
        "base-uri": [_self],
        "form-action": [_self],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# To stderr, where gunicorn, Celery and the container's log driver pick it up: a 500 without its traceback helps nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS += ["django.forms"]

from timebank.settings.sign_in import *  # noqa: E402,F403  (allauth's settings stand in a file of their own)
