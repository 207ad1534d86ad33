"""Files of programs: a page's own view is asked, and answers with a job or an upload instead of something to draw.

Invariant: what a program may export or import is what the view lets its account; a refusal is raised, never drawn.
"""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

from apps.exchange.models import StoredUpload
from apps.jobs.models import Job

Step = Literal["export", "receive", "find", "apply"]


class ImportRefused(Exception):
    """The file, or any file now, can't be imported; `str()` is the sentence."""


class UploadGone(Exception):
    """No such upload of this account for this import, or it was kept long enough."""


@dataclass(slots=True)
class ProgramAsks:
    """What a program wants of the view, and what came of it. `upload_token` names the upload to find or to apply."""

    step: Step
    upload_token: str = ""
    job: Job | None = None
    upload: StoredUpload | None = None


def ask_as_program(request: HttpRequest, asks: ProgramAsks) -> None:
    request.program_asks = asks  # type: ignore[attr-defined]


def asked_by_program(request: HttpRequest) -> ProgramAsks | None:
    """`None` for a request of a browser."""
    found: ProgramAsks | None = getattr(request, "program_asks", None)
    return found
