"""Development: mail and SMS go to files, and the data folder keeps its own key."""

from timebank.embedded.keys import secret_key
from timebank.settings.base import *  # noqa: F403
from timebank.settings.base import DATA_DIR, MAIL_DIR, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = MAIL_DIR
STATIC_ROOT = DATA_DIR / "static"
DEMO = True
DEMO_SHOWS_CODES = True
