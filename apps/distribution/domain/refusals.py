"""What is not possible with a distributor, as sentences for people."""


class DistributorRefused(Exception):
    """The act isn't possible; the message is the sentence for the person, `field` where it belongs."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def name_differs(uscc: str, known: str, given: str) -> str:
    """Two provinces, or two rows, call one enterprise by two names."""
    return (
        f"统一社会信用代码 {uscc} 已登记为“{known}”，与填写的“{given}”不一致。"
        "请核对代码和名称；企业确已更名的，请联系联采办修改"
    )


def account_taken(provincial_account: str, name: str) -> str:
    return f"省平台账号 {provincial_account} 已由本省的“{name}”使用"


def username_taken(username: str) -> str:
    return f"将生成的用户名 {username} 已被其他账号使用，请核对省平台账号"


ALREADY_THERE = "本省已有统一社会信用代码相同的配送企业“{name}”"
ISSUED = "账号已发放，{what}不能再修改"
CHANGED_MEANWHILE = "“{name}”在此期间已被他人发放或删除，请刷新后再操作。"
EXHAUSTED = (
    "本省四位顺序号只剩 {left} 个，没有省平台账号的所选企业有 {wanted} 家，没有发放任何账号。"
    "请为企业填写省平台账号，或减少所选企业。"
)
