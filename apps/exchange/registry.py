"""Imports and exports by name: what a job needs to find them again. Filled by the apps' `workbooks.py`."""

from functools import partial

from apps.jobs.registry import background

from . import work
from .exports import ExportSpec
from .imports import ImportSpec

WAITED_FOR = 10  # somebody sits before the page of an import; exports can take longer


def register_import(spec: ImportSpec) -> ImportSpec:
    """Make an import known, with its two jobs. Returns it."""
    for step, title in ((work.check, f"检查：{spec.title}"), (work.apply, spec.title)):
        background(
            work.job_name(spec, step),
            title=title,
            permissions=spec.permissions,
            refusals=spec.refusals,
            priority=WAITED_FOR,
        )(partial(step, spec))
    return spec


def register_export(spec: ExportSpec) -> ExportSpec:
    """Make an export known, with its job. Returns it."""
    background(
        work.job_name(spec, work.export),
        title=spec.title,
        permissions=spec.permissions,
        refusals=spec.refusals,
    )(partial(work.export, spec))
    return spec
