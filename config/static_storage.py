"""Static files under names that carry a hash of their content, those that scripts import as well."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Browsers keep them for ever, so a module that changes needs another name wherever it is imported."""

    support_js_module_import_aggregation = True
