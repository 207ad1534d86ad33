"""An uploaded catalogue against the project: what is new, changed, unchanged and wrong. Writes nothing.

Invariant: after applying a file, the same file again finds everything unchanged.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from apps.exchange.domain.cross_checks import is_sound, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.projects.domain.catalogue.acts import ItemChange
from apps.projects.files.columns import ITEM_COLUMNS, ITEMS, WINNERS
from apps.projects.files.winners_check import WinnersCheck
from apps.projects.models import CatalogItem, Project
from apps.projects.models.codes import item_code_problem

ITEM_FIELDS = tuple(
    column.key for column in ITEM_COLUMNS if column.key not in {"item_code", "position"}
)


@dataclass(slots=True)
class CatalogueCheck:
    """Compares the rows with what the project holds; constant statements."""

    project: Project
    outcome: DryRun = field(default_factory=DryRun)

    def run(self, reading: Reading) -> DryRun:
        items = CatalogItem.objects.filter(project=self.project)
        known = {item.item_code: item for item in items}
        listed = spelled(reading.rows.get(ITEMS, []), item_code=known)
        for row in listed:
            if is_sound(self.outcome, row, _wrong_code(row, known)):
                self._item(row, known)
        codes = set(known) | {row["item_code"] for row in listed}
        packs = {code: item.pack_quantity for code, item in known.items()} | {
            change.code: change.values["pack_quantity"]
            for change in (*self.outcome.new, *self.outcome.changed)
        }
        rows = reading.rows.get(WINNERS, [])
        WinnersCheck(self.project, self.outcome, codes, packs).run(rows)
        return self.outcome

    def _item(self, row: Row, known: Mapping[str, CatalogItem]) -> None:
        item = known.get(row["item_code"])
        position = row["position"] or (item.position if item else 0)
        change = ItemChange(row["item_code"], {name: row[name] for name in ITEM_FIELDS}, position)
        if item is None:
            self.outcome.new.append(change)
        elif item.position != position or any(
            getattr(item, name) != value for name, value in change.values.items()
        ):
            self.outcome.changed.append(change)
            for name, value in {"position": position, **change.values}.items():
                self.outcome.change(row, name, getattr(item, name), value)
        else:
            self.outcome.unchanged.append(change)


def _wrong_code(row: Row, known: Collection[str]) -> Iterator[Problem]:
    """A new code has the format; one that the project knows stays valid."""
    code = row["item_code"]
    if code and code not in known and (problem := item_code_problem(code)):
        yield row.problem("item_code", problem)
