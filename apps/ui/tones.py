"""The one place that decides how a status looks: a tone names colour and icon together.

A status chooses its tone where its words are (beside the enum), never in a template.
Colour is never alone: every tone has its own icon, and the words are always there.
"""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Tone:
    """`name` is the CSS class suffix (`pill-<name>`, `tone-<name>`)."""

    name: str
    icon: str
    meaning: str


TONES = {
    tone.name: tone
    for tone in (
        Tone("neutral", "circle-dashed", "nothing done yet: 未填, 草稿, 未上报"),
        Tone("working", "pencil", "being worked on by its owner: 填报中, 待修改"),
        Tone("waiting", "clock", "waiting for somebody else: 待审核, 待答复"),
        Tone("info", "info-circle", "worth knowing, nothing to do"),
        Tone("success", "circle-check", "settled well: 已填, 审核通过, 已同意"),
        Tone("warning", "alert-triangle", "look at it: 波动大, 即将截止"),
        Tone("danger", "circle-x", "refused, failed, void: 已拒绝, 已作废"),
        Tone("returned", "arrow-back-up", "sent back for correction: 退回修改"),
        Tone("closed", "lock", "over, frozen or out: 未报, 已办结, 已移出"),
    )
}


def pill(label: str, tone: str) -> SafeString:
    """The words of a status; colour and icon come with the class (pill.css)."""
    known = TONES[tone or "neutral"]
    return format_html('<span class="pill pill-{}">{}</span>', known.name, label)
