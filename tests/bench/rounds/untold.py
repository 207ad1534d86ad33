"""A server of gunicorn as `config/gunicorn.py` makes it, whose cursors tell no scope: what `policies` compares with."""

from typing import Any

from config import gunicorn
from config.gunicorn import *  # noqa: F403 - gunicorn reads the names of this module


def post_worker_init(worker: Any) -> None:
    from apps.scope import cursors  # noqa: PLC0415 - not before Django is ready

    gunicorn.post_worker_init(worker)
    cursors._due = lambda *_asked: None
