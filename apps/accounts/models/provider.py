"""登录服务: other platforms at which people prove who they are, and which person there is which account here.

Invariants: a person there is one account here, an account one person there; the secret of a service rests sealed; a
service signs nobody in unless it is active, and two people made it so (`domain.sign_on.providers`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.accounts.models.user import User
from apps.organizations.models import Organization, Tier
from apps.scope.managers import ScopedManager, ScopeLookups

LONGEST_SUBJECT = 255


class Protocol(models.TextChoices):
    """How a service is spoken to."""

    OIDC = "oidc", "OpenID Connect"
    OAUTH2 = "oauth2", "OAuth 2.0 用户信息"
    CAS = "cas", "CAS 3.0"


SUBJECTS = {Protocol.OIDC: "sub", Protocol.OAUTH2: "id", Protocol.CAS: "user"}
"""What names a person unless a service says otherwise; with OpenID Connect nothing else does."""


class Provider(models.Model):
    """`address`: the issuer, the page that asks for consent, or where CAS stands; by protocol.

    Claims are named by a path with dots (`data.user.id`). `local_password`: who is bound may use the one here.
    """

    name = models.CharField(
        "名称", max_length=30, unique=True, help_text="登录页上显示，如“湖北省医保服务平台”。"
    )
    province = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"tier": Tier.PROVINCE},
        verbose_name="适用省份",
        help_text="只供这个省的账号登录；不选则各省都可以使用。",
    )
    protocol = models.CharField("协议", max_length=10, choices=Protocol.choices)
    address = models.CharField(
        "服务地址",
        max_length=200,
        help_text="OpenID Connect 填签发者（issuer）；OAuth 2.0 填授权地址；CAS 填服务根地址，如 https://sso.example.gov.cn/cas。",
    )
    token_address = models.CharField(
        "令牌地址", max_length=200, blank=True, help_text="仅 OAuth 2.0。"
    )
    person_address = models.CharField(
        "用户信息地址", max_length=200, blank=True, help_text="仅 OAuth 2.0。"
    )
    client_id = models.CharField("应用标识", max_length=200, blank=True, help_text="CAS 不填。")
    sealed_secret = models.BinaryField(null=True, editable=False)
    secret_in_body = models.BooleanField(
        "密钥放在请求正文", default=False, help_text="对方不接受 HTTP Basic 方式时勾选。"
    )
    scopes = models.CharField(
        "申请范围",
        max_length=200,
        blank=True,
        default="openid",
        help_text="以空格分隔；OpenID Connect 须含 openid。",
    )
    subject_claim = models.CharField(
        "用户标识字段",
        max_length=100,
        blank=True,
        help_text="不填时：OpenID Connect 为 sub，OAuth 2.0 为 id，CAS 为 user；可以写成 data.user.id。",
    )
    account_claim = models.CharField(
        "账号字段",
        max_length=100,
        blank=True,
        help_text="对方哪个字段的值就是本平台的用户名（如机构编码）；不填则首次登录时由本人填写用户名。",
    )
    password_address = models.CharField(
        "密码修改地址",
        max_length=200,
        blank=True,
        help_text="对方修改密码页面的网址；“密码修改”引导到这里。",
    )
    local_password = models.BooleanField(
        "同时允许本平台密码",
        default=True,
        help_text="不勾选时，已绑定的账号只能从这里登录；禁用后恢复使用本平台密码。",
    )
    is_active = models.BooleanField("已启用", default=False, editable=False)
    tried_at = models.DateTimeField("试登录时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "登录服务"
        constraints = [
            models.CheckConstraint(
                name="provider_active_was_tried",
                condition=Q(is_active=False) | Q(tried_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject_path(self) -> str:
        chosen = "" if self.protocol == Protocol.OIDC else self.subject_claim
        return chosen or SUBJECTS[Protocol(self.protocol)]

    @property
    def authority(self) -> tuple[str, ...]:
        """What a name of a person means something within: with another one nobody is who they were."""
        return (self.protocol, self.address, self.person_address, self.client_id, self.subject_path)


class Identity(models.Model):
    """A person of a service and the account that confirmed it with its own password."""

    provider = models.ForeignKey(
        Provider, models.CASCADE, related_name="+", verbose_name="登录服务"
    )
    account = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="账号")
    subject = models.CharField("对方用户标识", max_length=LONGEST_SUBJECT)
    bound_at = models.DateTimeField("绑定时间")
    last_used_at = models.DateTimeField("最近登录时间", null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="account__path", enterprise="account__enterprise_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "外部登录"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_is_one_account"),
            models.UniqueConstraint(
                fields=["provider", "account"], name="identity_one_for_each_account"
            ),
            models.CheckConstraint(name="identity_names_somebody", condition=~Q(subject="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider}：{self.subject}"
