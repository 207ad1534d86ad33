"""Pinyin of Chinese names: initials to search by, full spelling to sort by (never by collation)."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """Lower-case initials: 武汉市第一医院 → whsdyyy; other characters stay."""
    return "".join(_syllable(char)[:1] for char in name if not char.isspace())[:100]


def sort_key(name: str) -> str:
    """Full pinyin, syllables separated by blanks, so that 安庆 sorts before 鞍山."""
    return " ".join(_syllable(char) for char in name if not char.isspace())[:300]


@lru_cache(maxsize=20_000)
def _syllable(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0].lower()


def phrase_initials(name: str) -> str:
    """Initials read phrase by phrase: 丹参 → ds, where 参 by itself is cān. Slow: for hundreds of names."""
    syllables = lazy_pinyin("".join(name.split()), style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
    return "".join(syllable[:1] for syllable in syllables).lower()[:100]
