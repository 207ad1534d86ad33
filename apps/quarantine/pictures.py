"""Opens pictures of strangers. Runs inside alone. Invariant: nothing is decoded beyond `MOST_PIXELS`."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import IO

from PIL import Image

FORMATS = ["JPEG", "PNG"]
MOST_PIXELS = 20_000_000
MOST_DECLARED = 60_000_000
"""Of a JPEG, which is decoded at a fraction of its size: what a phone takes at its best."""


class Giant(ValueError):
    """More pixels than anybody needs."""


@contextmanager
def picture(file: IO[bytes], mode: str, side: int) -> Generator[Image.Image, None, None]:
    """The picture, not yet decoded, no smaller than `side` if it is a JPEG. Raises `Giant` and what Pillow raises."""
    file.seek(0)
    with Image.open(file, formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_DECLARED:
            raise Giant
        opened.draft(mode, (side, side))
        if opened.width * opened.height > MOST_PIXELS:
            raise Giant
        yield opened
