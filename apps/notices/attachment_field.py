"""A form's field for one file that goes through the judge of attachments before anything else is done with it."""

from typing import Any

from django import forms

from .attachments import AttachmentRefused, Checked, check_attachment


class AttachmentField(forms.FileField):
    """Gives what was judged, or None where nothing was sent. Refuses with the sentence of the judge."""

    def clean(self, data: Any, initial: Any = None) -> Checked | None:
        upload = super().clean(data, initial)
        try:
            return check_attachment(upload) if upload else None
        except AttachmentRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
