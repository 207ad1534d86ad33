"""生成分量任务: from a finished demand project with published agreed volumes to a draft allocation."""

from apps.allocation.domain.generation.preview import preview_of
from apps.allocation.domain.generation.sources import sources, uses_of
from apps.allocation.domain.generation.writing import (
    carried_items,
    copy_items,
    copy_participants,
    copy_winners,
    forget_volumes,
    insert_volumes,
    provinces_of,
)

__all__ = [
    "carried_items",
    "copy_items",
    "copy_participants",
    "copy_winners",
    "forget_volumes",
    "insert_volumes",
    "preview_of",
    "provinces_of",
    "sources",
    "uses_of",
]
