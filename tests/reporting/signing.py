"""Rounds that ask for a signed document, filled in; uploads of it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Attachment
from apps.reporting.domain.letters.acts import upload_letter
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.models import FilingAttachment
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.cast import Tree
from tests.reporting.conftest import Round
from tests.review.pdf_files import pdf

FILLED = {"P0001": 2_800, "P0002": 1_000, "P0003": 100, "P0004": 0}
"""Nothing of it needs an explanation."""


def signing_round(
    tree: Tree, clerk: User, officer: User, attachment: Attachment, **policies: object
) -> Round:
    """One hospital under a county, all four items filled in, nothing uploaded."""
    hospital = tree["H42010600001"]
    project = make.demand_project(
        [hospital, tree["H14010500001"]],
        chain=["county", "city", "province"],
        attachment=attachment,
        **policies,
    )
    make.bought(project, hospital, {"P0001": 2_800, "P0002": 1_000, "P0003": 100})
    make.published(project, officer)
    round_ = Round(project, hospital, clerk)
    type_in(round_, FILLED)
    return round_


def type_in(round_: Round, quantities: dict[str, int]) -> None:
    entries = [Entry(round_.item(code), planned) for code, planned in quantities.items()]
    with whole_country(reason="test"):
        save_lines(entries=entries, **round_.place)


def upload(round_: Round, content: bytes | None = None, name: str = "扫描.pdf") -> FilingAttachment:
    """As the clerk's page does."""
    file = SimpleUploadedFile(name, content or pdf())
    with whole_country(reason="test"):
        return upload_letter(files=[file], **round_.place)


def post_letter(client: Client, round_: Round, *contents: bytes, name: str = "扫描.pdf"):
    files = [SimpleUploadedFile(name, content) for content in contents]
    return client.post(f"/demand/{round_.project.code}/letter/", {"document": files})
