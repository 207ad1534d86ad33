"""Settings, read from the environment; docs/reference.md lists the variables.

Unset `DATABASE_URL` means the embedded PostgreSQL under `var/`; there is no other engine. `DATABASE_OWNER_URL` names
the role that owns the tables (`config.database`).
"""

import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from config.database import runs_as_owner, standby_of
from config.embedded_postgres import installed_programs

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

# While this file is there, /readyz sends traffic elsewhere; whoever asks nevertheless is served.
DRAIN_FILE = Path(env("DRAIN_FILE", default=str(VAR_DIR / "draining")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="insecure-development-key" if DEBUG else "")
# Keys that were replaced: what they signed or sealed is still taken, nothing new is signed or sealed by them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys of one-time passwords that wait on a sheet (apps.accounts.domain.sealing): the first seals; unset: SECRET_KEY.
SEALING_KEYS = env.list("SEALING_KEYS", default=[])
# Keys of the check codes on signed papers (apps.exchange.files.check_codes): the first one signs, all of them verify.
# A paper is good as long as its key is listed. Unset: SECRET_KEY.
CHECK_CODE_KEYS = env.list("CHECK_CODE_KEYS", default=[])
# Where people reach the site: QR codes on papers lead there.
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
# Seals over what was written down (apps.audit.domain.keys): `id:secret`, the first one seals; unset: from SECRET_KEY.
AUDIT_SEAL_KEYS = env.list("AUDIT_SEAL_KEYS", default=[])
AUDIT_DIGEST = env("AUDIT_DIGEST", default="sm3")
# Anchors of the seals and archives of what was past its time; beside the database, never in it.
AUDIT_DIR = Path(env("AUDIT_DIR", default=str(VAR_DIR / "audit")))
AUDIT_ANCHOR_MAIL = env.list("AUDIT_ANCHOR_MAIL", default=[])
LOG_KEEP_DAYS = env.int("LOG_KEEP_DAYS", default=3 * 365)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Without TLS anywhere, said aloud: then HTTPS, which docker-compose.yml sets, counts for nothing.
HTTPS = env.bool("HTTPS", default=False) and not env.bool("INSECURE_HTTP", default=False)
# How many proxies of ours stand in front, each adding to X-Forwarded-For the address that it saw.
PROXIES = env.int("PROXIES", default=0)

INSTALLED_APPS = [
    "apps.rehearsals",
    "apps.demo",
    "apps.api",
    "apps.operations",
    "apps.subscriptions",
    "apps.portal",
    "apps.distribution",
    "apps.allocation",
    "apps.analysis",
    "apps.volumes",
    "apps.reporting",
    "apps.review",
    "apps.projects",
    "apps.accounts",
    "apps.organizations",
    "apps.exchange",
    "apps.ui",
    "apps.jobs",
    "apps.notices",
    "apps.audit",
    "apps.quarantine",
    "apps.scope",
    "apps.folding",
    "apps.administration.apps.AdministrationConfig",
    "apps.administration.apps.PlatformAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "apps.administration.apps.GrantsConfig",
    "import_export",
    "apps.administration.apps.AttemptsConfig",
    "captcha",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_filters",
    "django_tables2",
    "django_prometheus",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "config.client_address.ClientAddressMiddleware",
    "apps.audit.request_id.RequestIdMiddleware",
    "apps.accounts.pages.acting.OtherNameMiddleware",
    "apps.rehearsals.pages.inside.RehearsalAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.response_headers.ResponseHeadersMiddleware",
    "config.second_try.SecondTryMiddleware",
    "config.known_methods.KnownMethodsMiddleware",
    "apps.operations.pages.maintenance.MaintenanceMiddleware",
    "config.protected_files.ProtectedFilesMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.clean_text.CleanTextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.accounts.middleware.AccountMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "apps.accounts.middleware.SessionRulesMiddleware",
    "apps.rehearsals.pages.inside.RehearsalMiddleware",
    "apps.accounts.middleware.ScopeMiddleware",
    "apps.accounts.middleware.ProofMiddleware",
    "apps.audit.pages.authorship.AuthorshipMiddleware",
    "apps.audit.pages.refusals.RefusalMiddleware",
    "apps.ui.pages.uploads.UploadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.exchange.pages.unprintable.UnprintableMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "apps.ui.pages.drafts.DraftMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "config.timed_templates.TimedTemplates",
        "NAME": "django",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "apps.ui.templatetags.ui",
                "apps.ui.templatetags.modules",
                "apps.ui.templatetags.saving",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.ui.context.frame",
                "apps.notices.context.unread",
            ],
        },
    },
]

FORM_RENDERER = "apps.ui.form_renderer.FormRenderer"

_runner, _owner = env("DATABASE_URL", default=""), env("DATABASE_OWNER_URL", default="")
if not _runner:
    from config.embedded_postgres import database_urls

    _runner, _owner = database_urls()
# Whether this process changes the schema or fills tables: only then statements go without a scope.
DATABASE_OWNED = runs_as_owner(sys.argv)
_database = env.db_url_config(_owner if _owner and DATABASE_OWNED else _runner)
# Whom `migrate` gives what the running product needs; unset: one role owns the tables and runs the product.
DATABASE_RUNNER = env.db_url_config(_runner) if _owner else {}
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "config.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": env.int("DATABASE_MAX_AGE", default=0),
        "CONN_HEALTH_CHECKS": True,
    }
}
# Behind a pooler that gives out connections by transaction: what stays on a connection is somebody else's later.
_pooled = env("DATABASE_POOLER", default="off")
DATABASE_POOLED = _pooled != "off"
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
# For statements that are bound by the server (apps.scope.prepared); all others are never prepared. The address wins.
DATABASES["default"]["OPTIONS"] = {
    "prepare_threshold": None if _pooled == "unprepared" else 2,
    **DATABASES["default"].get("OPTIONS", {}),
}
# A standby that pages which only show, and files, are read from (apps.scope.reading); how late it may be.
REPLICA = bool(env("REPLICA_URL", default=""))
REPLICA_LAG_SECONDS = env.int("REPLICA_LAG_SECONDS", default=10)
if REPLICA:
    DATABASES["replica"] = standby_of(DATABASES["default"], env.db_url_config(env("REPLICA_URL")))
    DATABASE_ROUTERS = ["apps.scope.reading.Router"]
    MIDDLEWARE.append("apps.ui.pages.replicas.PositionMiddleware")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.accounts.backends.ScopedBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["apps.accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"apps.accounts.domain.password_rules.{rule}"}
    for rule in ("LengthAndClasses", "NotLikeAccount", "NoKeyboardRun", "NotCommon", "NotUsedBefore")
]  # fmt: skip
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "accounts:login"

CAPTCHA = env("CAPTCHA", default="always")
REQUIRE_TOTP = env("REQUIRE_TOTP", default="off")
DEMO_PASSWORD = env("DEMO_PASSWORD", default="Fenliang#2026")
SUPPORT_PHONE = env("SUPPORT_PHONE", default="")
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Seconds. Every address of the product has a histogram of its own: few steps each.
PROMETHEUS_LATENCY_BUCKETS = (0.1, 0.3, 1.0, 3.0, 10.0, float("inf"))
IDLE_TIMEOUT = env.int("IDLE_TIMEOUT", default=30 * 60)
# However busy: seconds after the login.
SESSION_LIFETIME = env.int("SESSION_LIFETIME", default=12 * 60 * 60)
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", default=5)
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
# Of a password that was given out and never used; 0: for ever.
FIRST_PASSWORD_DAYS = env.int("FIRST_PASSWORD_DAYS", default=30)
PASSWORD_WARN_DAYS = env.int("PASSWORD_WARN_DAYS", default=14)

# Services of sign-on (apps.accounts): networks beside the public ones where they stand, `10.20.0.0/16,…`; a file of
# whose certificates they may have, empty: those that certifi names.
SIGN_ON_NETWORKS = env.list("SIGN_ON_NETWORKS", default=[])
SIGN_ON_CA = env("SIGN_ON_CA", default="")

SESSION_ENGINE = "apps.accounts.session_store"
SESSION_COOKIE_AGE = SESSION_LIFETIME
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Browsers take a cookie of such a name from this host over TLS alone, for no other host and no other path.
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Asked from within, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# W019 wants DENY; our own pages show uploaded letters in a frame, nobody else's may (frame-ancestors).
SILENCED_SYSTEM_CHECKS = ["security.W019"]
CSRF_FAILURE_VIEW = "apps.ui.errors.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}

CAPTCHA_CHALLENGE_FUNCT = "apps.accounts.pages.captcha.image_challenge"
CAPTCHA_IMAGE_SIZE = (128, 40)
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_arcs",)
CAPTCHA_FONT_SIZE = 26
CAPTCHA_LETTER_ROTATION = (-20, 20)
CAPTCHA_BACKGROUND_COLOR = "#f4f7fa"
CAPTCHA_FOREGROUND_COLOR = "#0f2a43"
OTP_TOTP_ISSUER = "分量"

AXES_HANDLER = "apps.accounts.domain.lockout.Handler"
AXES_FAILURE_LIMIT = 5
# Of one account from all addresses that it doesn't know, of one address for all accounts that don't know it.
LOCKOUT_STRANGERS_LIMIT = env.int("LOCKOUT_STRANGERS_LIMIT", default=10)
LOCKOUT_ADDRESS_LIMIT = env.int("LOCKOUT_ADDRESS_LIMIT", default=50)
# Hours for which failures count.
AXES_COOLOFF_TIME = 24
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_LOCKOUT_CALLABLE = "apps.accounts.pages.login.locked"
AXES_USERNAME_CALLABLE = "apps.accounts.domain.lockout.client_username"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
# What a failed attempt keeps of the form is blanked, whichever form it was.
AXES_SENSITIVE_PARAMETERS = [
    "username", "ip_address", "old_password", "new_password", "confirmation", "token", "proof", "csrfmiddlewaretoken",
]  # fmt: skip
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# How often one address may look a paper up, in each process.
VERIFY_PER_MINUTE = env.int("VERIFY_PER_MINUTE", default=20)
# How often one token may ask the interface, in each process.
API_PER_MINUTE = env.int("API_PER_MINUTE", default=300)
_LOCAL = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {"default": {"BACKEND": _LOCAL, "OPTIONS": {"MAX_ENTRIES": 50_000}}}

LANGUAGE_CODE = "zh-hans"
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]  # where a library speaks wrong Chinese
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Pictures of the manuals come with the manuals.
STATICFILES_DIRS = [BASE_DIR / "static", ("manual", BASE_DIR / "docs" / "manual" / "images")]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
# The proxy's internal location for MEDIA_ROOT; empty: Django sends uploads itself.
PROTECTED_URL = env("PROTECTED_URL", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "config.room_storage.FileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_storage.StaticStorage"
    },
}
if env("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "config.s3_storage.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT_URL", default=None),
            "access_key": env("S3_ACCESS_KEY", default=None),
            "secret_key": env("S3_SECRET_KEY", default=None),
            "querystring_auth": True,
            "signature_version": "s3v4",
        },
    }
# The proxy's internal location for the bucket; empty: what lies there streams through Django.
STORE_URL = env("STORE_URL", default="")

# While this file is there, people are told that they can only look, or not even that (`manage.py maintenance`).
MAINTENANCE_FILE = Path(env("MAINTENANCE_FILE", default=str(VAR_DIR / "maintenance.json")))
# Backups (apps.operations): where they lie, how many are kept; PostgreSQL's programs, by default the wheel's.
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR_DIR / "backups")))
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
POSTGRES_PROGRAMS = env("POSTGRES_PROGRAMS", default=installed_programs())

JOBS_OWNERS = "apps.accounts.backends.ScopedBackend"
JOBS_SCOPE_OF = "apps.accounts.domain.scopes.scope_of"
JOBS_ACTOR = "apps.accounts.domain.actors.Actor"
JOBS_PER_OWNER = env.int("JOBS_PER_OWNER", default=2)
JOBS_UNFINISHED_PER_OWNER = env.int("JOBS_UNFINISHED_PER_OWNER", default=20)
JOBS_KEEP_DAYS = env.int("JOBS_KEEP_DAYS", default=7)
JOBS_LINE_SECONDS = 10.0  # without a connection, then a worker begins anew (apps.jobs.steadfast)
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": env.int("JOBS_CONCURRENCY", default=3),
    "delete_jobs": "successful",
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 20.0,
    "shutdown_graceful_timeout": 10.0,
}

# Files of strangers opened at once, of pages and of jobs each; threads of a web process, one left for the rest.
FILE_PLACES = env.int("FILE_PLACES", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=3)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
FILE_UPLOAD_PERMISSIONS = 0o640

# Reminders that leave the platform; `apps.notices.backends` says how to write a gateway of one's own.
MESSAGE_BACKEND = env("MESSAGE_BACKEND", default="apps.notices.backends.ConsoleBackend")
MESSAGE_MAIL_DOMAIN = env("MESSAGE_MAIL_DOMAIN", default="139.com")
# The plain HTTP gateway (`HttpBackend`): where messages are posted, and what the header Authorization says.
MESSAGE_GATEWAY_URL = env("MESSAGE_GATEWAY_URL", default="")
MESSAGE_GATEWAY_AUTHORIZATION = env("MESSAGE_GATEWAY_AUTHORIZATION", default="")
# Webhooks (apps.subscriptions): private networks told all the same, public ones never told since they are the
# platform's own, authorities beside the machine's, seconds for one delivery, tries until it is given up.
WEBHOOK_HTTPS_ONLY = env.bool("WEBHOOK_HTTPS_ONLY", default=True)
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
WEBHOOK_REFUSED_NETWORKS = env.list("WEBHOOK_REFUSED_NETWORKS", default=[])
WEBHOOK_CA_FILE = env("WEBHOOK_CA_FILE", default="")
WEBHOOK_SECONDS = env.int("WEBHOOK_SECONDS", default=10)
WEBHOOK_ATTEMPTS = env.int("WEBHOOK_ATTEMPTS", default=8)
EVENT_KEEP_DAYS = env.int("EVENT_KEEP_DAYS", default=90)
REMIND_AGAIN_HOURS = env.int("REMIND_AGAIN_HOURS", default=12)
SUPPLEMENT_REMIND_HOURS = env.int("SUPPLEMENT_REMIND_HOURS", default=24)
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
# smtp+tls://user:password@host:587 (STARTTLS), smtp+ssl://…:465, smtp://…:25; what user and password hold is quoted.
if env("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default="fenliang@localhost")

from config.logging import logging_config  # noqa: E402
from config.static_headers import of_static_files  # noqa: E402

WHITENOISE_ADD_HEADERS_FUNCTION = of_static_files

LOGGING_CONFIG = None
logging_config(debug=DEBUG, level=env("LOG_LEVEL", default="INFO"))
