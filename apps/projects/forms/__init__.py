"""Forms of the project pages."""

from .moments import MomentField
from .project import CopyForm, ProjectForm
from .province import ChainForm
from .windows import WindowForm, window_forms

__all__ = ["ChainForm", "CopyForm", "MomentField", "ProjectForm", "WindowForm", "window_forms"]
