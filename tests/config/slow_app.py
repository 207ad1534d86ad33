"""What gunicorn serves in `test_slow_clients`: says how long a body was that it read."""


def application(environ, start_response):
    body = environ["wsgi.input"].read()
    answer = f"{len(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
