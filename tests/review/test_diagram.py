"""The diagram of filings is the table of transitions, arrow by arrow."""

import io

from django.core.management import call_command

from apps.review.domain.machine import TRANSITIONS


def test_the_command_draws_an_arrow_for_every_source():
    drawn = io.StringIO()
    call_command("draw_review", stdout=drawn)
    lines = [line.strip() for line in drawn.getvalue().splitlines()]

    arrows = [line for line in lines if " --> " in line and not line.startswith("[*]")]
    assert len(arrows) == sum(len(law.sources) for law in TRANSITIONS.values())
    assert "draft --> submitted: 上报（填报方）" in arrows
    assert "draft: 填报中" in lines
