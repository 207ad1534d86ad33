"""What gunicorn serves in `test_slow_clients`: says how long a body was that it read; `/sleep` takes its time."""

import time

SLEEP = 2
"""Seconds."""


def application(environ, start_response):
    if environ["PATH_INFO"] == "/sleep":
        time.sleep(SLEEP)
    body = environ["wsgi.input"].read()
    answer = f"{len(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
