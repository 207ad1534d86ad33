"""Where apps make their imports and exports known: `register_import(spec)`, `register_export(spec)`."""

from apps.exchange.domain.exports import register_export
from apps.exchange.domain.import_jobs import register_import

__all__ = ["register_export", "register_import"]
