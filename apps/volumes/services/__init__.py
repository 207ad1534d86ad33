"""Writing bases, rules and agreed volumes. Every act is the alliance's, atomic, and in the operation log."""

from .agreed import (
    generate_agreed,
    publish_agreed,
    register_use,
    review_agreed,
    withdraw_agreed,
)
from .bases import generate_base, publish_base, review_base, withdraw_base
from .imports import clear_results, remove_results, save_conversions, save_results
from .rules import RuleChange, save_rules, save_unit, save_unit_rules

__all__ = [
    "RuleChange",
    "clear_results",
    "generate_agreed",
    "generate_base",
    "publish_agreed",
    "publish_base",
    "register_use",
    "remove_results",
    "review_agreed",
    "review_base",
    "save_conversions",
    "save_results",
    "save_rules",
    "save_unit",
    "save_unit_rules",
    "withdraw_agreed",
    "withdraw_base",
]
