"""Counts every agreed product of every institution one by one, and names what 协议签署进度 says otherwise. Reads only.

Invariant checked: the figures of `progress` are, institution by institution, those of the rows that they stand for.
"""

from collections.abc import Iterator

from apps.distribution.domain.agreements import sql
from apps.projects.models import Project
from apps.scope.paths import ROOT


def differences(project: Project) -> Iterator[str]:
    """One sentence for each figure of an institution that differs, the first ten."""
    for unit, step, kept, due in sql.differences(project.pk, ROOT):
        yield f"{project.code} {unit} {step}：记为 {kept or 0} 个，实有 {due or 0} 个"
