"""What the interface keeps of its own: answers that may be asked for again."""

from .answered import AnsweredRequest

__all__ = ["AnsweredRequest"]
