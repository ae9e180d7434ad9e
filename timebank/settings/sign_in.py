"""How people sign in: a code to the phone or by email; nobody needs a password (django-allauth)."""

import environ

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "confirm_login_code": "accounts.forms.CodeForm"}
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code itself proves the address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# allauth counts in the cache, where two tries at once may count as one; accounts.services.signing_in counts instead.
ACCOUNT_RATE_LIMITS = False
# X-Forwarded-For is believed from this many proxies of our own, none unless the installation says so.
ALLAUTH_TRUSTED_PROXY_COUNT = environ.Env().int("TRUSTED_PROXY_COUNT", default=0)
# Codes by SMS cost money, and some countries' numbers are rented to have many sent. Email goes anywhere.
SMS_COUNTRIES = environ.Env().list("SMS_COUNTRIES", default=["CN"])
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
