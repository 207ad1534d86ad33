"""What the documents say of events is what the product does: the list, and the receiver in Python."""

import re
import threading
from pathlib import Path

import pytest
from django.conf import settings as configured

from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.subscriptions.domain.delivering import deliver_due
from apps.subscriptions.models import Delivery
from tests.subscriptions.receiving import free_port

DOCS = Path(configured.BASE_DIR) / "docs"


def test_every_event_is_listed_in_its_words() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", (DOCS / "events.md").read_text("utf-8"))

    assert sorted(rows) == sorted(EventName.choices)


@pytest.mark.django_db
@pytest.mark.usefixtures("country", "receiver")
def test_the_receiver_of_the_documents_takes_ours_once_and_nobody_elses(
    hook_of, hospital_clerk
) -> None:
    text = (DOCS / "api.md").read_text("utf-8").partition("## Events")[2]
    (source,) = re.findall(r"```python\n(.*?)```", text.partition("\n## ")[0], re.DOTALL)
    names: dict = {}
    exec(source, names)
    port = free_port()
    hook = hook_of(hospital_clerk, address=f"http://127.0.0.1:{port}/")
    dealt: list[dict] = []
    server = names["receiver"](hook.plain, port, dealt.append)
    server.RequestHandlerClass.log_message = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        announce([Happening(EventName.RETURNED, hospital_clerk.path)])
        deliver_due()
        Delivery.objects.update(state="waiting")
        deliver_due()
        forged = {"X-Fenliang-Timestamp": "1", "X-Fenliang-Signature": "v1=0"}
        assert not names["is_ours"](hook.plain, forged, b"{}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert [each["event"] for each in dealt] == ["returned"]
    assert Delivery.objects.get().status_code == 204
