"""Settings of the bench's worker: production's, and the bench's export."""

from config.settings import *  # noqa: F403

PROCRASTINATE_IMPORT_PATHS = ["tests.bench.sheets.exporting"]
