"""Writes of delivery: each act one keyword-only function."""

from .areas import save_areas
from .distributors import Facts, add_distributor, delete_distributor, edit_distributor

__all__ = ["Facts", "add_distributor", "delete_distributor", "edit_distributor", "save_areas"]
