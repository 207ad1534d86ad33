"""What can be done in the background, by name. Apps declare it in their `tasks.py`, found at start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Work = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Background:
    """A declared kind of job."""

    name: str
    title: str
    work: Work
    permissions: tuple[str, ...] = ()
    refusals: tuple[type[Exception], ...] = ()
    atomic: bool = True
    priority: int = 0
    renewable: bool = False


_declared: dict[str, Background] = {}


def background(
    name: str,
    *,
    title: str,
    permissions: Iterable[str] = (),
    refusals: Iterable[type[Exception]] = (),
    atomic: bool = True,
    priority: int = 0,
    renewable: bool = False,
) -> Callable[[Work], Work]:
    """Declare `work(job: JobRun, **params)` as a kind of job.

    `permissions` are asked again when the job starts. Exceptions in `refusals` carry a sentence for the person;
    any other ends the job with an apology and a log line. `atomic=False` only for work that may safely be done
    twice. Jobs of higher `priority` start first. `renewable`: nothing but a file comes of it, which may be made
    again when it is gone.
    """

    def declare(work: Work) -> Work:
        if name in _declared:
            raise ValueError(f"The job {name} is declared twice.")
        _declared[name] = Background(
            name, title, work, tuple(permissions), tuple(refusals), atomic, priority, renewable
        )
        return work

    return declare


def declared(name: str) -> Background:
    """Raises `KeyError` for a name that nobody declared."""
    return _declared[name]


def is_declared(name: str) -> bool:
    return name in _declared
