"""What the documents say of the code holds, and what the code cites stands in them."""

import ast
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from django.conf import settings

from bin.test import SETTINGS

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
CITING = ("apps", "bin", "config", "docs", "static", "templates", "tests")
READ = {".py", ".md", ".html", ".js", ".css", ".txt"}
CITATION = re.compile(r"rules (§\d[\w.\-–]*(?:(?:, | and )§\d[\w.\-–]*)*)")
TOLD = re.compile(
    r"`((?:apps|bin|config|deploy|docs|fixtures|static|templates|tests|\.ci)/[\w./-]+(?=[`( ])"
    r"|apps(?:\.\w+)+(?=[`(]))"
)
"""What a paper names as a path, or as a module or one of its names."""
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
PARTS = ["Context", "Decision", "Alternatives", "Figures", "Consequences"]


def sections(text: str) -> set[str]:
    """`3a` of a heading "## 3a. …" and `3a.5` of the points that are numbered below it."""
    found, current = set(), ""
    for line in text.splitlines():
        if heading := re.match(r"## (\w+)\.", line):
            current = heading[1]
            found.add(current)
        elif current and (point := re.match(r"(\d+)\. ", line)):
            found.add(f"{current}.{point[1]}")
    return found


def cited(text: str) -> set[str]:
    """Every section that a text cites; of "§3a.5-9" the first and the last."""
    found = set()
    for match in CITATION.finditer(text):
        for name in re.findall(r"§([\w.\-–]+)", match[1]):
            first, _, last = name.strip(".-–").replace("–", "-").partition("-")
            found.add(first)
            if last:
                found.add(f"{first.rpartition('.')[0]}.{last}" if "." in first else last)
    return found


def test_every_cited_rule_stands_in_the_rules() -> None:
    known = sections((DOCS / "rules.md").read_text("utf-8"))
    files = [path for top in CITING for path in (ROOT / top).rglob("*") if path.suffix in READ]
    unknown = {
        path.relative_to(ROOT).as_posix(): missing
        for path in files
        if (missing := cited(path.read_text("utf-8")) - known)
    }
    assert unknown == {}


def test_citations_are_found_and_ranges_are_taken_apart() -> None:
    text = "see rules §3a.5-9), then rules §1. and rules §2, §3a.10."

    assert cited(text) == {"3a.5", "3a.9", "1", "2", "3a.10"}


@cache
def names_of_the_code() -> tuple[set[str], dict[str, set[str]]]:
    """Every name that our modules give, and by class the names in its body and in those it inherits from."""
    names = {path.name for path in (ROOT / "apps").iterdir()}
    bodies: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "apps").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ClassDef():
                    bodies[node.name] |= {name for part in node.body for name in given(part)}
                    parents[node.name] |= {
                        base.id for base in node.bases if isinstance(base, ast.Name)
                    }
                case ast.FunctionDef() | ast.Assign() | ast.AnnAssign():
                    names |= given(node)
    for name in list(bodies):
        for parent in parents[name] & set(bodies):
            bodies[name] |= bodies[parent]
    return names | set(bodies), bodies


def given(node: ast.AST) -> set[str]:
    match node:
        case ast.FunctionDef():
            return {node.name}
        case ast.Assign():
            return {target.id for target in node.targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def test_every_word_of_the_glossary_is_a_word_of_the_code() -> None:
    names, bodies = names_of_the_code()
    rows = re.findall(
        r"^\|[^|]+\|([^|]*)\|([^|]*)\|$", (DOCS / "glossary.md").read_text("utf-8"), re.MULTILINE
    )
    words = {word for row in rows for cell in row for word in re.findall(r"`([\w.]+)`", cell)}
    assert len(words) > 80
    strange = {
        word
        for word in words
        if (
            word.partition(".")[2] not in bodies[word.partition(".")[0]]
            if "." in word
            else word not in names
        )
    }
    assert strange == set()


def test_every_decision_has_a_number_a_date_and_its_parts() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert re.match(rf"# {path.name[:4]} · .+\n\n\d{{4}}-\d\d-\d\d\n", text), path.name
        assert re.findall(r"(?m)^## (.+)$", text) == PARTS, path.name


def test_the_list_of_decisions_is_complete() -> None:
    listed = re.findall(r"\]\(decisions/([^)]+)\)", (DOCS / "decisions.md").read_text("utf-8"))
    assert sorted(listed) == [path.name for path in DECISIONS]


def test_links_between_documents_lead_somewhere() -> None:
    papers = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    broken = {
        f"{path.relative_to(ROOT)}: {link}"
        for path in papers
        for link in re.findall(r"\]\(((?!https?:|#|/)[^)#\s]+)", path.read_text("utf-8"))
        if not (path.parent / link).exists()
    }
    assert broken == set()


def test_what_a_newcomer_is_told_of_is_there() -> None:
    """Paths and dotted names of the papers that one starts from; a pattern such as `apps/<app>/` is no path."""
    missing = {
        f"{name}: {told}"
        for name in ("README.md", "CONTRIBUTING.md", "docs/development.md", "docs/architecture.md")
        for told in TOLD.findall((ROOT / name).read_text("utf-8"))
        if "NNNN" not in told and not is_there(told)
    }
    assert missing == set()


def is_there(told: str) -> bool:
    """A path, or a module of `apps` with one of its names."""
    if "/" in told:
        return (ROOT / told).exists()
    module, _, name = told.rpartition(".")
    if (ROOT / told.replace(".", "/")).exists() or module_file(told):
        return True
    file = module_file(module)
    return file is not None and re.search(rf"\b{name}\b", file.read_text("utf-8")) is not None


def module_file(dotted: str) -> Path | None:
    place = ROOT / dotted.replace(".", "/")
    return next(
        (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None
    )


def test_every_setting_is_documented_and_kept_from_the_tests() -> None:
    code = (ROOT / "config" / "settings.py").read_text("utf-8")
    read = set(re.findall(r"""\benv(?:\.\w+)?\(\s*"([A-Z_0-9]+)\"""", code))
    assert "SUPPLEMENT_REMIND_HOURS" in read
    reference = (DOCS / "reference.md").read_text("utf-8")
    assert {name for name in read if f"`{name}`" not in reference} == set()
    assert read - SETTINGS <= {"DATABASE_URL", "DATABASE_OWNER_URL", "VAR_DIR"}


def test_everything_vendored_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    vendored = json.loads((ROOT / "static/vendor/vendor.lock.json").read_text("utf-8"))["packages"]
    for package in vendored:
        assert f"{package['version']} ({package['name']})" in notice
        assert f"static/vendor/{package['directory']}/LICENSE" in notice
    fonts = {path.name for path in (ROOT / "apps").rglob("*.ttf")}
    assert fonts
    assert all(name in notice for name in fonts)
