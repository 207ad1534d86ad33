"""Running a module of the page on its own: in node where there is one, else in Chromium.

They are handed over as data addresses, each with the modules that it imports.
"""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
IMPORT = re.compile(r"from \"\./([\w-]+\.js)\"")
Run = Callable[[str, Any], Any]


def runner(request: pytest.FixtureRequest, module: str) -> Callable[[str, Any], Any]:
    """`run(driver, cases)`: the driver is an async function of `[address, cases]`, answered as JSON."""
    address = address_of(module)
    if node := shutil.which("node"):
        return lambda driver, cases: run_in_node(node, driver, [address, cases])
    browser = request.getfixturevalue("chromium")
    return lambda driver, cases: run_in_browser(browser, driver, [address, cases])


def address_of(module: str) -> str:
    source = (SCRIPTS / module).read_text(encoding="utf-8")
    whole = IMPORT.sub(lambda found: f'from "{address_of(found[1])}"', source)
    return f"data:text/javascript;base64,{base64.b64encode(whole.encode()).decode()}"


def run_in_node(node: str, driver: str, argument: list[Any]) -> Any:
    done = subprocess.run(
        [node, "--input-type=module", "-"],
        input=f"console.log(JSON.stringify(await ({driver})({json.dumps(argument)})))",
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_in_browser(browser: Any, driver: str, argument: list[Any]) -> Any:
    page = browser.new_page()
    try:
        return page.evaluate(driver, argument)
    finally:
        page.close()
