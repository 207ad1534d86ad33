"""Forms of the project pages."""

from .moments import MomentField
from .project import CopyForm, ProjectForm
from .province import WaysForm
from .windows import WindowForm, window_forms

__all__ = ["CopyForm", "MomentField", "ProjectForm", "WaysForm", "WindowForm", "window_forms"]
