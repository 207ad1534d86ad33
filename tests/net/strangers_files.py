"""Where files are opened: imports that can, and what the modules that open uploads give to others."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# What reads a format somebody else wrote. `xml.sax.saxutils` escapes text, `zlib.crc32` and the like are no readers.
OPENS = re.compile(
    r"zipfile|tarfile|gzip|bz2|lzma|zlib|csv|pickle|marshal|shelve"
    r"|openpyxl\.(load_workbook|reader\b.*)|pypdf|pypdfium2|PIL\.Image|PIL"
    r"|xml\.(parsers|etree|dom|sax(?!\.saxutils))\b.*|lxml|defusedxml|pyexpat|tablib|xlrd|docx|fitz|cv2"
    r"|reportlab\.lib\.utils\.ImageReader|subprocess|multiprocessing"
)


def imported(tree: ast.AST, name: str = "") -> Iterator[tuple[str, str]]:
    """Module and name of each import of the module called `name`; "" for a module as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = name.split(".")[: -node.level] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.Call) and _imports(node.func):
            yield from (
                (str(each.value), "") for each in node.args if isinstance(each, ast.Constant)
            )


def _imports(function: ast.expr) -> bool:
    """Whether a call imports by name."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"__import__", "import_module"}


def openers_of(source: str) -> set[str]:
    """Everything a module imports that could open somebody's file."""
    found = set()
    for module, name in imported(ast.parse(source)):
        whole = f"{module}.{name}" if name else module
        for each in (module, whole):
            if OPENS.fullmatch(each) or OPENS.fullmatch(each.partition(".")[0]):
                found.add(
                    each.partition(".")[0] if OPENS.fullmatch(each.partition(".")[0]) else each
                )
    return found


def taken_out(source: str, inside: dict[str, set[str]], own: str = "") -> set[str]:
    """What the module `own` takes of modules that open files, beyond what these give to everybody."""
    found = set()
    for module, name in imported(ast.parse(source), own):
        if module in inside and name not in inside[module]:
            found.add(f"{module}.{name}" if name else module)
        elif f"{module}.{name}" in inside:
            found.add(f"{module}.{name}")
    return found


def asked_openers(source: str) -> Iterator[str]:
    """The openers that a module names, as "module:function"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"^(apps[\w.]+:\w+)$", node.value)


def sources(root: Path) -> dict[str, str]:
    """By dotted name."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path.read_text("utf-8")
        for top in ("apps", "config")
        for path in sorted((root / top).rglob("*.py"))
        if "migrations" not in path.parts and "fonts" not in path.parts
    }
