"""Everything that changes a project before publication, and its windows after it."""

from .catalogue import remove_items, remove_winners, save_catalogue
from .chains import (
    ChainInvalid,
    ProvinceWays,
    may_maintain,
    province_chain,
    province_ways,
    set_province_chain,
)
from .copying import copy_project
from .lifecycle import CodeTaken, create_project, delete_draft, edit_project, start_preparation
from .participants import (
    CannotTakePart,
    add_participant,
    candidates,
    choose_listed,
    choose_participants,
    eligible,
    remove_participant,
    remove_participants,
    set_obligation,
)
from .province import set_province_settings
from .refusals import NotAllowed, ProjectFrozen, ProjectRefused
from .supplements import grant_supplement, grant_supplements
from .timing import (
    ReasonMissing,
    WindowInvalid,
    drop_province_window,
    set_province_window,
    set_province_windows,
    set_switch,
    set_window,
    set_windows,
)
from .winners import write_winners

__all__ = [
    "CannotTakePart",
    "ChainInvalid",
    "CodeTaken",
    "NotAllowed",
    "ProjectFrozen",
    "ProjectRefused",
    "ProvinceWays",
    "ReasonMissing",
    "WindowInvalid",
    "add_participant",
    "candidates",
    "choose_listed",
    "choose_participants",
    "copy_project",
    "create_project",
    "delete_draft",
    "drop_province_window",
    "edit_project",
    "eligible",
    "grant_supplement",
    "grant_supplements",
    "may_maintain",
    "province_chain",
    "province_ways",
    "remove_items",
    "remove_participant",
    "remove_participants",
    "remove_winners",
    "save_catalogue",
    "set_obligation",
    "set_province_chain",
    "set_province_settings",
    "set_province_window",
    "set_province_windows",
    "set_switch",
    "set_window",
    "set_windows",
    "start_preparation",
    "write_winners",
]
