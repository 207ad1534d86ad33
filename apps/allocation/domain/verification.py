"""Recomputes what pools, confirmed lines, places and agreements say, and names what differs. Reads only.

Invariant checked: fixed = ΣK, allocated = Σ reserved, fixed + allocated ≤ capacity, lines of K = the rows' K
less what is unplaced of it, nothing of a cancelled product, places = the rows in them; of agreements see
`amounts_check`.
"""

from collections.abc import Iterator

from apps.allocation.domain import amounts_check
from apps.allocation.domain.recount import sql
from apps.projects.models import Project


def differences(project: Project | None) -> Iterator[str]:
    """One sentence per difference; of one project, or of all."""
    which = project.pk if project else None
    for pool in sql.pools(which):
        code, enterprise, item, fixed, allocated, capacity, confirmed, reserved, cancelled = pool
        name = f"{code} {enterprise} {item}"
        if cancelled and (confirmed or reserved):
            yield f"{name}：已取消中选，各机构仍有 {confirmed + reserved}"
        if fixed != confirmed:
            yield f"{name}：确认量记为 {fixed}，各机构合计 {confirmed}"
        if allocated != reserved:
            yield f"{name}：已分配记为 {allocated}，各机构占用合计 {reserved}"
        if capacity is not None and confirmed + reserved > capacity:
            yield f"{name}：合计 {confirmed + reserved} 超过最大产能 {capacity}"
    for code, unit, item, kept, contract in sql.confirmed_rows(which):
        yield f"{code} {unit} {item}：确认量 {kept}，协议明细 {contract}"
    for code, item, path, kept, counted in sql.places(which):
        yield f"{code} {item} {path}：分配量记为 {kept} 行，实有 {counted} 行"
    yield from amounts_check.differences(project)
