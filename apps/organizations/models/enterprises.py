"""Enterprises: public, known by their social credit code."""

from django.db import models

from apps.audit.domain.change_triggers import Told, tracked
from apps.folding.domain.lookups import folded_field
from apps.organizations.models.pinyin import initials, sort_key


@tracked(Told("changed.name", path="'/0/'"), "update", "delete")
class Enterprise(models.Model):
    """A manufacturer or distributor, one per unified social credit code."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    folded_name = folded_field("name")
    pinyin = models.CharField("拼音首字母", max_length=100, editable=False)
    sort_key = models.CharField("拼音", max_length=300, editable=False, db_collation="C")
    address = models.CharField("通信地址", max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        indexes = [models.Index(fields=["sort_key"], name="enterprise_by_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, uscc: str, name: str) -> "Enterprise":
        """A new, unsaved enterprise with its pinyin filled in."""
        return cls(uscc=uscc, name=name, pinyin=initials(name), sort_key=sort_key(name))
