"""Starts an engine by its configuration from `deploy/local/`: `fill.py haproxy.cfg … -- haproxy -db -f @`.

What stands there in `@{…}` comes from the environment, by the same name in capitals; the files lie in FOLDER then, and
`@` in the command is the first of them. Raises `KeyError` for what nobody has said. Runs on Python alone.
"""

import os
import re
import sys
from pathlib import Path

PLACE = re.compile(r"@\{(\w+)\}")


def filled(text: str, known: dict[str, str]) -> str:
    return PLACE.sub(lambda at: known[at[1].upper()], text)


def main(arguments: list[str]) -> None:
    templates, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    folder = Path(os.environ["FOLDER"])
    for name in templates:
        text = (Path(os.environ["CONFIGURATION"]) / name).read_text("utf-8")
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(filled(text, dict(os.environ)), "utf-8")
    command = [str(folder / templates[0]) if part == "@" else part for part in command]
    os.execvp(command[0], command)  # noqa: S606 - the engine takes our place


if __name__ == "__main__":
    main(sys.argv[1:])
