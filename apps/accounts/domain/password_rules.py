"""What a password must be. Everything is checked on this machine; no list is asked over the network."""

import string
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from apps.accounts.domain.keyboard import run_in
from apps.accounts.domain.weak_words import is_weak, readings
from apps.accounts.models import FormerPassword, User
from apps.organizations.models.pinyin import sort_key
from apps.scope.context import whole_country

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
    """Contains neither the username nor the person's name, phone, unit or unit code, nor any of them backwards."""

    def validate(self, password: str, user: User | None = None) -> None:
        lowered = password.lower()
        for word in _words_about(user):
            if word in lowered or word[::-1] in lowered:
                raise ValidationError(
                    "密码不能包含用户名、姓名、手机号、单位名称（含拼音）或单位编码，请换一个与账号无关的密码。",
                    code="like_account",
                )

    def get_help_text(self) -> str:
        return "不能包含用户名、姓名、手机号、单位名称或单位编码。"


def _words_about(user: User | None) -> list[str]:
    if user is None:
        return []
    unit: Any = user.belongs_to()
    words = [user.username, user.phone, *_spellings(user.name)]
    if unit is not None:
        words += [getattr(unit, "code", "") or unit.uscc, unit.pinyin, *_spellings(unit.name)]
    return [word.lower() for word in words if len(word) >= SHORTEST_LIKENESS]


def _spellings(name: str) -> list[str]:
    """A name as it is, in pinyin, and its first two characters in pinyin: 武汉市第一医院 begins with `wuhan`."""
    syllables = sort_key(name).split()
    return [name, "".join(syllables), "".join(syllables[:2])]


class NoKeyboardRun:
    """Holds no four neighbouring keys, letters or digits in a row, nor four times the same."""

    def validate(self, password: str, user: User | None = None) -> None:
        if run := run_in(password):
            raise ValidationError(
                f"密码中的“{run}”是键盘上相邻或连续、重复的字符，容易被猜到，请换一个。",
                code="keyboard_run",
            )

    def get_help_text(self) -> str:
        return "不能有 4 个相邻、连续或重复的字符（如 qwer、1qaz、4321、aaaa）。"


class NotUsedBefore:
    """Neither the present password nor one of the last `PASSWORD_HISTORY` that the account had."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None or not settings.PASSWORD_HISTORY:
            return
        former = FormerPassword.objects.filter(account_id=user.pk).order_by("-replaced_at", "-pk")
        kept = former.values_list("encoded", flat=True)[: settings.PASSWORD_HISTORY]
        with whole_country(reason="former passwords"):
            hashes = list(kept)
        if any(check_password(password, encoded) for encoded in hashes):
            raise ValidationError(
                f"最近 {settings.PASSWORD_HISTORY} 次用过的密码不能再用，请换一个。",
                code="used_before",
            )

    def get_help_text(self) -> str:
        if not settings.PASSWORD_HISTORY:
            return ""
        return f"不能与最近 {settings.PASSWORD_HISTORY} 次用过的密码相同。"


class NotCommon(CommonPasswordValidator):
    """Not one of the 20,000 most used passwords nor a common Chinese word, also not with digits and signs around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        if is_weak(password) or not readings(password).isdisjoint(self.passwords):
            raise ValidationError("这个密码太常见，容易被猜到，请换一个。", code="too_common")

    def get_help_text(self) -> str:
        return "不能是常见密码（如 Password123!、Woaini@1314）。"
