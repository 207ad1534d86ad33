"""Every message is an event of some name, whatever kind it has."""

from apps.notices.announcing import OF_MESSAGE
from apps.notices.models import MessageKind


def test_no_kind_of_message_is_without_an_event() -> None:
    assert set(OF_MESSAGE) == set(MessageKind)
