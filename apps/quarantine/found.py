"""What can be found in a PDF: the words for it, known to those who never open one."""

from dataclasses import dataclass

CODE_KEY = "fenliang:"
"""What our own documents carry in their keywords, before the check code: says whose file it was, and nothing else."""

PASSWORD, UNREADABLE, TOO_COMPLEX = "password", "unreadable", "complex"
SCRIPT, LAUNCH, EMBEDDED, MEDIA, FORM = "script", "launch", "embedded", "media", "form"


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is; `problem` says why it can't be taken.

    `is_original`: a document of ours to which nothing was added since. `codes`: by page, what its QR codes say.
    `draws_letters`: with letters or patterns that are pictures of their own.
    """

    problem: str = ""
    pages: int = 0
    is_signed: bool = False
    is_locked: bool = False
    is_original: bool = False
    draws_letters: bool = False
    codes: tuple[tuple[str, ...], ...] = ()
    faces: tuple[str, ...] = ()
