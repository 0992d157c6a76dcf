"""Floor 5. Django's settings, made from the environment (`ticker/env.py` checks it)."""

from pathlib import Path

import dj_database_url

from feeds.groups import LAYER_PREFIX
from feeds.recording import instrument_of
from feeds.redis_hosts import hosts_of
from feeds.venues import REGISTRY, venue_class
from ticker.env import load

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
CONFIG = load()

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(CONFIG.csrf_trusted_origins)
LOGIN_REQUIRED = CONFIG.login_required

INSTALLED_APPS = [
    "daphne",
    "ticker",
    "feeds",  # before channels: its `runworker` is the one that counts
    "dashboard",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "dashboard.answers.errors_in_form",  # outermost, so that it sees every error
    "dashboard.machines.asked_by_address",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "ticker.urls"
ASGI_APPLICATION = "ticker.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.looks.looks",
            ]
        },
    }
]

# --------------------------------------------------------------------------- data
DATABASES = {
    "default": dj_database_url.parse(
        CONFIG.database_url
        or f"sqlite:///{VAR_DIR / ('replay.sqlite3' if CONFIG.replay else 'ticker.sqlite3')}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a deferred one fails at once when another process writes
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "connect_timeout": 3,
        "options": "-c statement_timeout=5000 -c lock_timeout=2000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_HOSTS = hosts_of(CONFIG.redis_urls)
LAYERS = {
    "pubsub": {
        "BACKEND": "feeds.layer.PubSubLayer",
        "CONFIG": {"hosts": REDIS_HOSTS, "prefix": LAYER_PREFIX},
    },
    "core": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": REDIS_HOSTS,
            "prefix": LAYER_PREFIX,
            "capacity": 1_000,  # of a whole process; a hub gets up to 160 messages a second
            "expiry": 10,  # seconds; a price that has waited longer is worth nothing
            "group_expiry": 60,  # seconds; worker and hub say again that they are in
        },
    },
}
CHANNEL_LAYERS = {"default": LAYERS[CONFIG.channel_layer]}

# --------------------------------------------------------------------------- people
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "desk"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # The hash is that of the empty style element which plotly.js puts into the page.
        "style-src": ["'self'", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --------------------------------------------------------------------------- files and words
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "dashboard.finders.PlotlyFinder",
]
WHITENOISE_USE_FINDERS = True  # files are served from where they are: nothing to collect, no STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0  # asked again by ETag each time: a page never runs yesterday's modules

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        # Its receiver tells a traceback at every try; that nothing gets through we say ourselves, once.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}

# --------------------------------------------------------------------------- the desk
MAX_SOCKETS = 5_000
MAX_SOCKETS_PER_USER, MAX_SOCKETS_PER_ADDRESS = CONFIG.max_sockets_per_user, CONFIG.max_sockets_per_address
METRICS_HOST, METRICS_PORT = CONFIG.metrics_host, CONFIG.metrics_port
PUSH_TOKEN = CONFIG.push_token
DESK = {
    "venues": [
        {
            "venue": venue.name,
            "title": venue.title,
            "simulated": venue.simulated,
            "replay": False,
            "delay_minutes": venue.delay_minutes,
            "time_zone": venue.time_zone,
            "open_catalogue": venue.open_catalogue,
            "featured": venue.featured,
        }
        for venue in CONFIG.venue_classes()
    ]
}
if CONFIG.replay:
    for card in DESK["venues"]:
        card |= {
            "title": f"{card['title']} · REPLAY",
            "replay": True,
            "open_catalogue": False,  # there is what the recording has, and no more
            "featured": tuple(
                instrument_of(venue_class(CONFIG.replay.venue)(), symbol) for symbol in CONFIG.watch
            ),
        }
FEEDS = {
    "venues": CONFIG.venues,
    "watch": CONFIG.watch,
    "replay": CONFIG.replay,
    "ws_urls": CONFIG.ws_urls,
    "rest_urls": CONFIG.rest_urls,
    "keys": {name: (CONFIG.keys.get(name, ""), CONFIG.secrets.get(name, "")) for name in REGISTRY},
    "options": {"SIM": {"seed": CONFIG.sim_seed, "rate": CONFIG.sim_rate}},
}
