"""One file of a form: judged, refused with the judge's sentence, or not sent."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.notices.attachment_field import AttachmentField
from apps.notices.attachments import AttachmentRefused, check_attachment

WRONG = b"MZ this is a program"


class Sent(forms.Form):
    file = AttachmentField(required=False)


def test_what_the_judge_refuses_is_told_in_its_words():
    with pytest.raises(AttachmentRefused) as refused:
        check_attachment(SimpleUploadedFile("说明.exe", WRONG))
    form = Sent({}, {"file": SimpleUploadedFile("说明.exe", WRONG)})

    assert not form.is_valid()
    assert form.errors["file"] == [str(refused.value)]


def test_nothing_sent_is_nothing():
    form = Sent({}, {})

    assert form.is_valid()
    assert form.cleaned_data["file"] is None
