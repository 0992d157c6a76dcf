"""The program's settings, as the tests run it: nothing of the developer's own environment gets in."""

import os

from tests.program import clean_environ
from ticker.embedded import private_folder, server_url

VALKEY_FOLDER = private_folder()  # the `valkey` fixture starts a server in it when a test asks for one

for name in set(os.environ) - set(clean_environ()) - {"DJANGO_SETTINGS_MODULE"}:
    del os.environ[name]
os.environ["SECRET_KEY"] = "for-the-tests-only-" + "x" * 40
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1],testserver"
os.environ["REDIS_URL"] = server_url(VALKEY_FOLDER)

from ticker.settings import *  # noqa: E402, F403
