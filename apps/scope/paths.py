"""Materialised paths such as `/0/42/420100/H42010000001/`: depth is data, a subtree is one range scan."""

from django.db.models import Q

ROOT = "/0/"


def lineage(path: str) -> list[str]:
    """The paths of all ancestors from the root down, the path itself last."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]


def ancestors(path: str) -> list[str]:
    """The paths of all ancestors from the root down, without the path itself."""
    return lineage(path)[:-1]


def province_path(path: str) -> str:
    """The path of the province that `path` lies in; for the root, the root itself."""
    return lineage(path)[:2][-1]


def parent_path(path: str) -> str:
    """The path that `path` hangs below; for the root, the root itself."""
    return path if path == ROOT else path[: path.rindex("/", 0, -1) + 1]


def subtree_bounds(path: str) -> tuple[str, str]:
    """Half-open bounds of the subtree in collation "C"; `~` sorts after every character in a path."""
    return path, path + "~"


def in_subtree(path: str, lookup: str = "path") -> Q:
    """Rows at `path` or below it."""
    low, high = subtree_bounds(path)
    return Q(**{f"{lookup}__gte": low, f"{lookup}__lt": high})


def is_within(path: str, top: str) -> bool:
    """Whether `path` is `top` or below it."""
    return path.startswith(top)
