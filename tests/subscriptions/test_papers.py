"""What the documents say of events is what the product does: the list, and the receiver in Python."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as configured
from django.utils import timezone

from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.subscriptions.domain.delivering import deliver_due
from apps.subscriptions.models import Delivery
from tests.subscriptions.receiving import free_port

DOCS = Path(configured.BASE_DIR) / "docs"


def test_every_event_is_listed_in_its_words() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", (DOCS / "events.md").read_text("utf-8"))

    assert sorted(rows) == sorted(EventName.choices)


@contextmanager
def documented(secret: str, port: int, deal_with: Callable[[dict], None]) -> Iterator[dict]:
    """The receiver of the documents at work, and the names of its module."""
    text = (DOCS / "api.md").read_text("utf-8").partition("## Events")[2]
    (source,) = re.findall(r"```python\n(.*?)```", text.partition("\n## ")[0], re.DOTALL)
    names: dict = {}
    exec(source, names)
    server = names["receiver"](secret, port, deal_with)
    server.RequestHandlerClass.log_message = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield names
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.django_db
@pytest.mark.usefixtures("country", "receiver")
def test_the_receiver_of_the_documents_takes_ours_once_and_nobody_elses(
    hook_of, hospital_clerk
) -> None:
    port = free_port()
    hook = hook_of(hospital_clerk, address=f"http://127.0.0.1:{port}/")
    dealt: list[dict] = []
    with documented(hook.plain, port, dealt.append) as names:
        announce([Happening(EventName.RETURNED, hospital_clerk.path)])
        deliver_due()
        Delivery.objects.update(state="waiting")
        deliver_due()
        forged = {"X-Fenliang-Timestamp": "1", "X-Fenliang-Signature": "v1=0"}
        assert not names["is_ours"](hook.plain, forged, b"{}")

    assert [each["event"] for each in dealt] == ["returned"]
    assert Delivery.objects.get().status_code == 204


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_who_listened_in_sends_it_again_in_vain(hook_of, receiver, hospital_clerk) -> None:
    """As it was at once and twice together, under another id, later, and later under another time."""
    hook = hook_of(hospital_clerk)
    announce([Happening(EventName.RETURNED, hospital_clerk.path)])
    deliver_due()
    (heard,) = receiver.received
    port, dealt = free_port(), []

    def deal_with(event: dict) -> None:
        time.sleep(0.05)  # as long as two that came together take to meet
        dealt.append(event)

    def sent(**changed: str) -> int:
        own = {name.replace("_", "-"): value for name, value in changed.items()}
        return post_to(port, heard.body, {**heard.headers, **own})

    with documented(hook.plain, port, deal_with), ThreadPoolExecutor(4) as several:
        together = list(several.map(lambda _: sent(), range(4)))
        renamed = sent(X_Fenliang_Id="another")
        anew = str(int(heard.headers["X-Fenliang-Timestamp"]) + 1)
        redated = sent(X_Fenliang_Timestamp=anew)
        with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=True):
            late = sent()

    assert together == [204] * 4
    assert (renamed, redated, late) == (204, 401, 401)
    assert len(dealt) == 1


def post_to(port: int, body: bytes, headers: dict[str, str]) -> int:
    line = HTTPConnection("127.0.0.1", port)
    line.request("POST", "/", body, headers)
    status = line.getresponse().status
    line.close()
    return status
