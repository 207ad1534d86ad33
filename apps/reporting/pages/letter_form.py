"""The upload of a signed document: one PDF, or photos of its pages in their order."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class FilesInput(forms.ClearableFileInput):
    """Several files in one control."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files; what they are is asked by the service, which says so in words."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in data or [] if isinstance(file, UploadedFile)]


class LetterForm(forms.Form):
    """上传承诺函."""

    document = FilesField(
        label="签字盖章后的文件",
        required=False,
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png", "data-most-mb": "20"}),
        help_text="一份 PDF，不超过 20 MB；或 20 张以内的 JPG、PNG 照片，按文件名顺序合成一份 PDF。",
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """In the order of their names: browsers send a selection in any."""
        files: list[UploadedFile] = self.cleaned_data["document"]
        return sorted(files, key=lambda file: _natural(file.name or ""))


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """`2.jpg` before `10.jpg`."""
    parts: list[tuple[bool, int, str]] = []
    digits = ""
    for sign in f"{name.lower()}\0":
        if sign.isdecimal():
            digits += sign
            continue
        if digits:
            parts.append((False, int(digits[:18]), ""))
            digits = ""
        parts.append((True, 0, sign))
    return parts
