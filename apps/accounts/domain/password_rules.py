"""What a password must be. Everything is checked on this machine; no list is asked over the network."""

import re
import string
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from apps.accounts.models import User

MIN_LENGTH = 10
MAX_LENGTH = 128
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
CLASSES_NEEDED = 3
SHORTEST_LIKENESS = 4


def classes_in(password: str) -> int:
    """How many of the four classes occur: lower case, upper case, digits, everything else."""
    known = "".join(CLASSES)
    named = sum(any(letter in letters for letter in password) for letters in CLASSES)
    return named + any(letter not in known for letter in password)


class LengthAndClasses:
    """At least ten characters from three of the four classes."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < MIN_LENGTH:
            raise ValidationError(
                f"密码至少 {MIN_LENGTH} 位，现在是 {len(password)} 位。", code="too_short"
            )
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"密码最多 {MAX_LENGTH} 位。", code="too_long")
        if classes_in(password) < CLASSES_NEEDED:
            raise ValidationError(
                "密码须包含大写字母、小写字母、数字、符号四类中的至少三类。", code="too_few_classes"
            )

    def get_help_text(self) -> str:
        return f"至少 {MIN_LENGTH} 位，包含大写字母、小写字母、数字、符号中的至少三类。"


class NotLikeAccount:
    """Contains neither the username nor the person's name, phone, unit or unit code, nor the username backwards."""

    def validate(self, password: str, user: User | None = None) -> None:
        lowered = password.lower()
        for word in _words_about(user):
            if word in lowered or word[::-1] in lowered:
                raise ValidationError(
                    "密码不能包含用户名、姓名、手机号或单位编码，请换一个与账号无关的密码。",
                    code="like_account",
                )

    def get_help_text(self) -> str:
        return "不能包含用户名、姓名、手机号或单位编码。"


def _words_about(user: User | None) -> list[str]:
    if user is None:
        return []
    organization: Any = user.organization
    words = [user.username, user.name, user.phone]
    words += [organization.code, organization.pinyin] if organization else []
    return [word.lower() for word in words if len(word) >= SHORTEST_LIKENESS]


class NotCommon(CommonPasswordValidator):
    """Not one of the 20,000 most used passwords, also not one of them with digits and signs around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.lower())
        if password.lower().strip() in self.passwords or bare in self.passwords:
            raise ValidationError("这个密码太常见，容易被猜到，请换一个。", code="too_common")

    def get_help_text(self) -> str:
        return "不能是常见密码（如 Password123!）。"
