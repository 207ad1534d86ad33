import re
import tomllib

from bin.lock import LOCK, components, production

LOCK_OF_THREE = """\
asgiref==3.9.0 \\
    --hash=sha256:aa
    # via django
django==5.2.1 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via
    #   fenliang (pyproject.toml)
    #   pytest-django
pluggy==1.6.0 \\
    --hash=sha256:dd
    # via pytest
pytest==9.0.0 ; sys_platform != 'emscripten' \\
    --hash=sha256:ee
    # via fenliang (pyproject.toml:dev)
"""


def test_production_keeps_what_the_product_needs_itself_or_through_others():
    kept = production(LOCK_OF_THREE)

    assert kept == LOCK_OF_THREE[: LOCK_OF_THREE.index("pluggy")]


def test_components_say_where_each_package_goes_and_who_asks_for_it():
    rows = components(LOCK_OF_THREE).splitlines()[2:]

    assert rows == [
        "| asgiref | 3.9.0 | production | django | always |",
        "| django | 5.2.1 | production | the product, pytest-django | always |",
        "| pluggy | 1.6.0 | development | pytest | always |",
        "| pytest | 9.0.0 | development | development | sys_platform != 'emscripten' |",
    ]


def test_production_of_the_real_lock_has_the_framework_and_no_test_tool():
    names = set(re.findall(r"^([a-z0-9-]+)==", production(LOCK.read_text()), re.MULTILINE))

    assert {"django", "psycopg-binary", "asgiref", "gunicorn"} <= names
    assert names.isdisjoint({"pytest", "playwright", "mypy", "ruff", "hypothesis"})


def test_every_entry_of_the_lock_has_hashes_and_no_address():
    lock = LOCK.read_text()
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]

    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in lock


def test_production_has_every_package_that_the_product_names():
    project = tomllib.loads((LOCK.parent / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[\[<>=;\s]", named)[0] for named in project["dependencies"]}
    names = set(re.findall(r"^([a-z0-9-]+)==", production(LOCK.read_text()), re.MULTILINE))

    assert wanted - names == set()
