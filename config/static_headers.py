"""What static files say to browsers beside their content; named in the settings, so nothing of Django's is asked."""


def of_static_files(headers: dict[str, str], _path: str, _url: str) -> None:
    """WhiteNoise asks here for each file: no page of another site loads it, and opened by itself it may do nothing."""
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
