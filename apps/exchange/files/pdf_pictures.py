"""Pictures in a PDF: as wide as the page takes them, never enlarged, never alone without what they show."""

from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image

HIGHEST = 110 * mm
DOTS = 110  # an inch: a screen of 1024 dots fills the page


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of this machine."""

    path: Path


def drawn(picture: Picture, width: float) -> Flowable:
    """In a column of so many points."""
    image = Image(str(picture.path), hAlign="LEFT")
    wide, high = image.imageWidth * 72 / DOTS, image.imageHeight * 72 / DOTS
    scale = min(1, width / wide, HIGHEST / high)
    image.drawWidth, image.drawHeight = wide * scale, high * scale
    return image
