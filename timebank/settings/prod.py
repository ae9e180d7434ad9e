"""Production: everything secret comes from the environment; what is missing or unsafe refuses to start."""

import os

from django.core.exceptions import ImproperlyConfigured

if not os.environ.get("DATABASE_URL"):  # asked first: the base would start an embedded database
    raise ImproperlyConfigured("DATABASE_URL is missing.")

from timebank.settings.base import *  # noqa: F403
from timebank.settings.base import env

DEBUG = False
DEMO = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL")  # mails, calendars and QR codes lead there
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG must be off in production.")
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("change", "django-insecure", "tests-only")):
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters of your own.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; '*' is refused.")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https://.")

BACKUP_DIR = env.str("BACKUP_DIR", default="")  # where check_health looks how old the newest dump is
SMS_SENDER = env.str("SMS_SENDER", default="")
if SMS_SENDER == "core.sms.FileSmsSender":
    raise ImproperlyConfigured("SMS_SENDER must be a real sender; left empty, signing in by phone is off.")
if os.environ.get("OWNER_DATABASE_URL") == os.environ["DATABASE_URL"]:
    raise ImproperlyConfigured("OWNER_DATABASE_URL must be another role than DATABASE_URL: the app owns no table.")
EMAIL_CONFIG = env.email_url("EMAIL_URL")
vars().update(EMAIL_CONFIG)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
