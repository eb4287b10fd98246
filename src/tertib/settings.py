"""Django's settings, put together from `tertib.ground.config`."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from tertib.ground.config import config
from tertib.ground.logs import logging_config

CONFIG = config()
HERE = Path(__file__).parent


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url or "postgresql:///tertib")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or str(parts.port or ""),
        # Threads are few and live long: a connection each, kept open, costs less than a pool's hand-over.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "server_side_binding": True, "prepare_threshold": 3},
        "TEST": {"TEMPLATE": None},
    }


DATABASES = {"default": _database(CONFIG.database_url)}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "tenancy.Government"
TENANT_DOMAIN_MODEL = "tenancy.Domain"
TENANT_LIMIT_SET_CALLS = True
PUBLIC_SCHEMA_URLCONF = "tertib.urls_public"

ROOM_APPS = [point.value.split(":")[0].rpartition(".")[0] for point in entry_points(group="tertib.rooms")]
SHARED_APPS = [
    "django_tenants",
    "tertib.ground.tenancy",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "lucide",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tertib.government",
    "tertib.matters",
    "tertib.papers",
    "tertib.notices",
    *sorted(ROOM_APPS),
    "tertib.web",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tertib.web.assets.StaticMiddleware",
    "tertib.web.middleware.CompressMiddleware",
    "tertib.ground.tenancy.middleware.GovernmentMiddleware",
    "tertib.web.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tertib.web.middleware.ErrorsMiddleware",
    "tertib.web.bodies.BodyMiddleware",
]

ROOT_URLCONF = "tertib.urls"
WSGI_APPLICATION = "tertib.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "tertib.web.templatetags.tertib",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tertib.web.context.page",
            ],
        },
    }
]

SECRET_KEY = config().secret("django").hex()
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [*CONFIG.hosts, "testserver", ".testserver"] if CONFIG.debug else list(CONFIG.hosts)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 50

AUTH_USER_MODEL = "government.Person"
AUTHENTICATION_BACKENDS = ["tertib.web.accounts.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tertib.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
# A whole office often sits behind one address, so the limit that stops guessing is the one for each account.
# `government.passwords` counts the guesses at a person; `login_failed` is for the codes of a second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "password": "100/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "tertib.web.account_forms.SignIn",
    "change_password": "tertib.web.account_forms.ChangePassword",
}
ACCOUNT_PREVENT_ENUMERATION = True
# Behind the proxy that speaks https, the address of who asks is the last one it notes; without it, anybody could invent
# one.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if CONFIG.https else 0
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_FORMS = {"add_webauthn": "tertib.web.account_forms.AddPasskey"}
MFA_ADAPTER = "tertib.web.accounts.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tertib"
# Administrators enter addresses and nobody confirms one: waiting for that would leave people without second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A passkey needs https, except on this machine itself, where the demo runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.https
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "tertib.web.accounts.Sessions"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.https
if CONFIG.https:
    # Browsers take these names from this very host only: a neighbour below the same domain can't set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tertib.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = CONFIG.https
SECURE_HSTS_SECONDS = 31536000 if CONFIG.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only sign-in limits use it, and they must hold for all web processes; the table is made by a migration of `web`.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "web" / "static"]
STATIC_ROOT = CONFIG.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tertib.web.assets.Storage"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

DEMO = CONFIG.demo
LOGGING_CONFIG = None
logging_config(CONFIG.log_level)
SILENCED_SYSTEM_CHECKS = [
    # W003 wants the tenant middleware first; ours stands behind static files, which know no government.
    "django_tenants.W003",
]
