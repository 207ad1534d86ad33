"""Settings of a real `migrate` beside the tests, as the owner, with one app more."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.scope.waiting"]
