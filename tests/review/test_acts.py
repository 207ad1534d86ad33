"""One row per act: all that is known of an action stands in it, and a row is all that a new one needs."""

import ast
import gc
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, replace
from pathlib import Path
from string import Formatter

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import User
from apps.distribution.domain.relations import machine as relations
from apps.distribution.models.relation_statuses import Action as RelationAction
from apps.projects.models import Project
from apps.review.domain.acts import Act, FilingAct, Reason
from apps.review.domain.machine import INSTITUTIONS, TRANSITIONS, Transition, action_named
from apps.review.domain.overdue import Pile
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.review.pages.forms import ActForm
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.review.acting import status_of

ClientOf = Callable[[User], Client]
ROOT = Path(settings.BASE_DIR)
CITY = ("H42010600001", "H42010600002")
TABLES = {
    "review": (TRANSITIONS, Transition, FilingAct, ROOT / "apps/review/domain/machine.py"),
    "relations": (
        relations.TRANSITIONS,
        relations.Transition,
        relations.RelationAct,
        ROOT / "apps/distribution/domain/relations/machine.py",
    ),
}
each_table = pytest.mark.parametrize("name", list(TABLES))
ACTS = [pytest.param(action, law.act, id=action.value) for action, law in TRANSITIONS.items()]


def test_every_action_has_exactly_one_row() -> None:
    assert list(TRANSITIONS) == list(Action)
    assert list(relations.TRANSITIONS) == list(RelationAction)


@each_table
def test_every_fact_is_told_by_some_row_and_not_by_all(name: str) -> None:
    table, law, act, _path = TABLES[name]
    rows: list[tuple[type, list[object]]] = [
        (law, list(table.values())),
        (act, [row.act for row in table.values()]),
    ]

    for kind, told in rows:
        for field in fields(kind):
            values = [getattr(row, field.name) for row in told]
            if field.default is not MISSING:
                assert any(value != field.default for value in values), field.name


@each_table
def test_every_fact_is_read_by_a_page_or_a_service(name: str) -> None:
    _table, law, act, own = TABLES[name]
    facts = {field.name for kind in (law, act, Reason) for field in fields(kind)}
    read: set[str] = set()
    for path in (ROOT / "apps").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                read.add(node.attr)
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))

    assert {fact for fact in facts if fact not in read and f".{fact}" not in pages} == set()
    assert own.exists()


@pytest.mark.parametrize(("action", "act"), ACTS)
def test_what_is_offered_has_its_words_and_what_is_not_has_none(
    action: Action, act: FilingAct
) -> None:
    law = TRANSITIONS[action]
    if act.place == "elsewhere":
        assert replace(act, proves=False) == FilingAct(place="elsewhere")
        return

    places = {name for _, name, _, _ in Formatter().parse(act.effect) if name}
    assert act.icon
    assert "name" in places
    assert places <= {"name", "package"}
    assert (act.reason is not None) == law.reason_required
    assert act.in_place <= law.kinds
    assert act.piles <= set(Pile.values)
    assert act.in_batch or not act.ticks_rows


def test_of_relations_a_reason_is_asked_where_the_law_may_need_one() -> None:
    for action, law in relations.TRANSITIONS.items():
        assert bool(law.reason_from) == (law.act.reason is not None), action
        assert law.act.icon
        assert law.act.effect


def test_no_action_is_known_by_name_where_acts_are_offered_and_carried_out() -> None:
    """Pages and services that serve every act alike; what serves one act alone may name it."""
    alike = (
        "apps/review/domain/effects.py",
        "apps/review/pages/forms.py",
        "apps/review/domain/offers.py",
        "apps/review/pages/buttons.py",
        "apps/review/pages/bureau_page.py",
        "apps/review/domain/checks.py",
        "apps/review/domain/overdue.py",
        "apps/review/domain/attachments/reads.py",
        "apps/review/domain/performing.py",
        "apps/review/domain/selecting.py",
        "apps/review/pages/acts.py",
        "apps/review/pages/selections.py",
        "apps/review/pages/overdue.py",
        "apps/distribution/domain/relations/listing.py",
        "apps/distribution/domain/relations/messages.py",
        "apps/distribution/domain/relations/acts.py",
        "apps/distribution/pages/relations/views.py",
    )
    named = {
        f"{path}: {node.attr}"
        for path in alike
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Action"
        and node.attr.isupper()
    }

    allowed = {
        "apps/review/pages/bureau_page.py: SUBMIT",  # the own package's 提交, a page of its own
        "apps/review/pages/acts.py: RETURN",  # 逐级退回 is returns only
    }
    assert named == allowed


HOLD = Transition(
    frozenset({Status.SUBMITTED}),
    Status.DRAFT,
    "reviewer",
    timing="reviewer",
    reason_required=True,
    act=FilingAct(
        icon="clock",
        effect="将暂缓审核{name}{package}，由其补充材料。",
        confirm="暂缓审核",
        is_final=True,
        reason=Reason("暂缓原因", longest=40, help_text="写明缺哪份材料。"),
        in_place=INSTITUTIONS,
        in_batch=True,
        ticks_rows=True,
    ),
)


def coined(value: str, label: str) -> Action:
    """A member that the class does not know yet."""
    action = str.__new__(Action, value)
    action._name_, action._value_, action._label_ = value.upper(), value, label  # type: ignore[attr-defined,misc]
    return action


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Action]:
    """One name and one row more; nothing else."""
    action = coined("hold", "暂缓")
    (rows,) = gc.get_referents(TRANSITIONS)
    monkeypatch.setitem(rows, action, HOLD)
    monkeypatch.setitem(Action._member_map_, "HOLD", action)
    monkeypatch.setitem(Action._value2member_map_, "hold", action)
    monkeypatch.setattr(Action, "_member_names_", [*Action._member_names_, "HOLD"])
    return action


@pytest.fixture
def waiting(round_on_paper: Project, tree: Tree) -> list[Filing]:
    return put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY]))


def test_a_new_row_is_a_button_with_its_form(
    hold: Action, waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)
    page = f"/review/PAPER/filings/{waiting[0].pk}/"

    shown = client.get(page)
    (button,) = (each for each in shown.context["buttons"] if each.action == hold)
    html = shown.content.decode()

    assert (button.label, button.confirm, button.act.tone) == ("暂缓", "暂缓审核", "danger")
    assert button.form.fields["reason"].max_length == 40
    assert f'href="{page}hold/"' in html
    assert 'id="act-hold"' in html
    for words in (f"将暂缓审核“{waiting[0].organization.name}”", "暂缓原因", "写明缺哪份材料。"):
        assert words in html
    assert "暂缓审核" in client.get(f"{page}hold/").content.decode()


def test_a_new_row_is_done_and_told(
    hold: Action, waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)
    page = f"/review/PAPER/filings/{waiting[0].pk}/"

    without = client.post(f"{page}hold/", {"version": waiting[0].version}).content.decode()
    assert "请填写暂缓原因。" in without
    client.post(f"{page}hold/", {"version": waiting[0].version, "reason": "缺承诺函"})

    event = FilingEvent.objects.get(filing=waiting[0])
    assert (status_of(waiting[0]), event.action, event.reason) == ("draft", "hold", "缺承诺函")
    assert event.get_action_display() == "暂缓"  # type: ignore[attr-defined]
    assert "暂缓" in client.get(page).content.decode()


def test_a_new_row_is_taken_on_many_and_in_a_lower_units_place(
    hold: Action,
    waiting: list[Filing],
    client_of: ClientOf,
    city_reviewer: User,
    province_officer: User,
) -> None:
    client = client_of(city_reviewer)
    above = client_of(province_officer).get(f"/review/PAPER/filings/{waiting[0].pk}/")

    assert [b.in_place_of for b in above.context["buttons"] if b.action == hold] == [
        "武汉市医疗保障局"
    ]
    assert 'value="hold"' in client.get("/review/PAPER/?status=submitted").content.decode()
    ticked = {"action": "hold", "selected": [filing.pk for filing in waiting]}
    asked = client.post("/review/PAPER/", ticked)["Location"]
    assert "将暂缓审核 2 家单位" in client.get(asked).content.decode()
    client.post(asked, {"reason": "缺承诺函"})

    assert [status_of(filing) for filing in waiting] == ["draft", "draft"]


def test_without_the_row_nobody_knows_it() -> None:
    assert action_named("hold") is None


def test_forms_ask_what_the_row_says() -> None:
    asked = {
        action.value: set(
            ActForm(action=action, needs_reason=law.reason_required, checks_sheet=True).fields
        )
        - {"version"}
        for action, law in TRANSITIONS.items()
    }

    assert {action: names for action, names in asked.items() if names} == {
        "approve": {"is_sealed", "is_consistent"},
        "return": {"ready", "reason", "deadline", "short"},
        "grant": {"deadline", "short"},
        "supplement": {"reason", "closes_at"},
        "correct": {"ready", "reason", "deadline", "short"},
        "add": {"ready", "reason", "deadline", "short"},
        "exclude": {"reason"},
        "reopen": {"reason"},
        "settle": {"reason"},
        "unsettle": {"reason"},
    }


def test_acts_are_drawn_in_two_tones() -> None:
    assert Act().tone == "primary"
    assert {a.value for a, law in TRANSITIONS.items() if law.act.tone == "danger"} == {
        "return",
        "lapse",
        "exclude",
    }


SERVICES = """
import django
django.setup()
from importlib import import_module
import_module("config.urls")
from apps.review.domain import carrying
print(*sorted(carrying._services))
"""


def test_every_service_that_carries_out_an_act_is_known_to_the_running_product() -> None:
    """A module that nothing imports registers nothing: its act would move the status and do no more."""
    declared = {
        Action[name]
        for path in (ROOT / "apps").rglob("*.py")
        for name in re.findall(r"^@carries\(Action\.(\w+)\)", path.read_text("utf-8"), re.MULTILINE)
    }

    known = subprocess.run(
        [sys.executable, "-c", SERVICES], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert set(known.stdout.split()) == {action.value for action in declared}
