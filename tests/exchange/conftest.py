import pytest

from apps.exchange.files import writer


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook is long."""
    monkeypatch.setattr(writer, "PRINTED_CELLS", -1)


@pytest.fixture(params=["printed", "streamed"])
def way(request: pytest.FixtureRequest) -> str:
    """Both ways in which a workbook is written."""
    if request.param == "streamed":
        request.getfixturevalue("streamed")
    return str(request.param)
