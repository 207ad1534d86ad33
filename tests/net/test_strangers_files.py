"""Every byte that a stranger sent is opened in a process of its own (docs/decisions/0067): who may open what is
a committed list, and whoever else tries fails here.
"""

import ast
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings

from .strangers_files import asked_openers, openers_of, sources, taken_out

SOURCES = sources(Path(settings.BASE_DIR))
# Run in the process of one file; whoever imports them from elsewhere takes the names beside them and no other.
INSIDE: dict[str, set[str]] = {
    "apps.exchange.files.delimited": set(),
    "apps.exchange.files.errors.copy": set(),
    "apps.exchange.files.errors.report": {"list_alone", "report_name"},
    "apps.exchange.files.opened": set(),
    "apps.exchange.files.uploads.openers": set(),
    "apps.exchange.files.package": set(),
    "apps.exchange.files.plain_source": set(),
    "apps.exchange.files.reader": {"Progress"},
    "apps.exchange.files.stamps": {"unsealed", "write_stamp"},
    "apps.exchange.files.upload_checks": {"DAMAGED", "LIMITS", "MB", "FileRefused"},
    "apps.notices.judging": set(),
    "apps.quarantine.codes": set(),
    "apps.quarantine.office": set(),
    "apps.quarantine.office_text": set(),
    "apps.quarantine.pdf": set(),
    "apps.quarantine.pictures": set(),
    "apps.quarantine.places": set(),
    "apps.quarantine.rendering": set(),
    "apps.review.domain.attachments.photos": set(),
}
# They open what we have written ourselves, or write only.
OURS = {
    "apps.accounts.files.issue_sheets": ({"zipfile"}, "writes"),
    "apps.administration.files.formats": ({"tablib"}, "the type that carries an upload unread"),
    "apps.allocation.domain.dumping.writing": ({"csv"}, "writes"),
    "apps.audit.domain.clearing": ({"gzip"}, "archives of the log, as we wrote them"),
    "apps.audit.domain.verifying": ({"gzip", "zlib"}, "archives of the log, as we wrote them"),
    "apps.demo.fixtures": ({"csv"}, "files of the repository"),
    "apps.demo.institutions": ({"csv"}, "files of the repository"),
    "apps.distribution.files.agreement_papers": ({"pypdf"}, "joins papers that it has just drawn"),
    "apps.distribution.tasks": ({"zipfile"}, "writes"),
    "apps.exchange.domain.changes": (
        {"gzip", "zlib"},
        "what an import would change, as we kept it",
    ),
    "apps.exchange.files.spreadsheet": ({"zipfile"}, "writes"),
    "apps.exchange.files.writer": ({"csv"}, "writes"),
    "apps.operations.domain.backing_up": ({"subprocess"}, "starts pg_dump and pg_restore"),
    "apps.organizations.domain.bureaus": ({"csv"}, "files of the repository"),
    "apps.review.files.casefiles.bundle": ({"zipfile"}, "writes"),
    "apps.review.files.casefiles.verify": (
        {"zipfile", "zlib"},
        "is handed out to run elsewhere, never here",
    ),
    "apps.quarantine.inside": ({"pickle"}, "arguments, from whoever asks; never an answer"),
    "apps.quarantine.opening": ({"pickle"}, "writes arguments"),
    "apps.quarantine.warm": ({"subprocess"}, "starts the server"),
    "config.embedded_postgres": ({"subprocess"}, "starts the database of development"),
    "config.server_account": ({"subprocess"}, "starts the database of development"),
}
# No files: short answers of servers that people sign on at (docs/decisions/0091). XML without a document type, at most
# 256 KiB (8 KiB from whoever says that somebody left): nothing in it grows, and a login waits for it.
ANSWERS = {
    "apps.accounts.domain.sign_on.cas": {"xml.etree", "xml.etree.ElementTree"},
}
# They read workbooks that we have made ourselves.
READ_OURS = {
    "apps.demo.importing": {"apps.exchange.files.reader.read_workbook"},
}


def test_nobody_else_opens_files():
    found = {
        name: opens
        for name, source in SOURCES.items()
        if name not in INSIDE and (opens := openers_of(source))
    }
    assert found == {name: opens for name, (opens, _reason) in OURS.items()} | ANSWERS


def test_what_runs_inside_is_reached_by_its_openers_alone():
    found = {
        name: taken
        for name, source in SOURCES.items()
        if name not in INSIDE and (taken := taken_out(source, INSIDE, name))
    }
    assert found == READ_OURS
    assert set(INSIDE) <= set(SOURCES)


def test_pages_and_domains_do_not_load_what_opens_files():
    """Who asks stays light: it names its opener, and gets words of `found` and `limits` to go with the answer."""
    asking = {name for name, source in SOURCES.items() if "open_files(" in source}
    assert asking == {
        "apps.exchange.files.uploads.asking",
        "apps.notices.attachments",
        "apps.quarantine",
        "apps.quarantine.opening",
        "apps.review.domain.attachments.checks",
    }


OPENERS = sorted({opener for source in SOURCES.values() for opener in asked_openers(source)})


@pytest.mark.parametrize("opener", OPENERS)
def test_every_opener_is_there(opener):
    module, _, name = opener.partition(":")
    first, *others = signature(getattr(import_module(module), name)).parameters.values()

    assert module in INSIDE
    assert first.name == "inside"
    assert all(each.kind is each.KEYWORD_ONLY for each in others)


def test_there_are_openers():
    assert len(OPENERS) == 6


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from openpyxl import load_workbook as open_it", {"openpyxl.load_workbook"}),
        (
            "from openpyxl.reader.excel import load_workbook",
            {"openpyxl.reader.excel", "openpyxl.reader.excel.load_workbook"},
        ),
        ("import pypdf", {"pypdf"}),
        ("from pypdf import PdfReader", {"pypdf"}),
        ("def f():\n    from PIL import Image", {"PIL"}),
        ("import PIL.Image", {"PIL"}),
        ("from zipfile import ZipFile", {"zipfile"}),
        ("import importlib\nimportlib.import_module('pypdfium2')", {"pypdfium2"}),
        ("from xml.etree import ElementTree", {"xml.etree", "xml.etree.ElementTree"}),
        ("from xml.sax.saxutils import escape", set()),
        ("from openpyxl import Workbook", set()),
    ],
)  # fmt: skip
def test_the_net_catches(source, found):
    assert openers_of(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from apps.exchange.files.reader import read_workbook", {"apps.exchange.files.reader.read_workbook"}),
        ("from apps.exchange.files import reader", {"apps.exchange.files.reader"}),
        ("import apps.quarantine.pdf", {"apps.quarantine.pdf"}),
        ("from .judging import judge", {"apps.notices.judging.judge"}),
        ("from . import judging", {"apps.notices.judging"}),
        ("from apps.exchange.files.upload_checks import FileRefused", set()),
    ],
)  # fmt: skip
def test_the_way_around_is_seen(source, found):
    assert taken_out(source, INSIDE, "apps.notices.services") == found


def test_whoever_reads_what_was_sent_hands_it_on():
    """`request.FILES` is touched where forms and the page of imports take it, nowhere else."""
    touching = {
        name
        for name, source in SOURCES.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "FILES"
    }
    assert touching == {
        "apps.accounts.pages.proofs",
        "apps.administration.pages.changes.views",
        "apps.allocation.pages.stops.views",
        "apps.distribution.pages.agreements.views",
        "apps.exchange.pages.import_page",
        "apps.portal.pages.notice_writing",
        "apps.reporting.pages.letters",
        "apps.review.pages.appeals.views",
        "apps.review.pages.corrections.adding",
        "apps.review.pages.corrections.views",
    }
