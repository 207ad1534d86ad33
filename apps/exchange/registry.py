"""Where apps make their imports and exports known: `register_import(spec)`, `register_export(spec)`."""

from .exports import register_export
from .import_jobs import register_import

__all__ = ["register_export", "register_import"]
