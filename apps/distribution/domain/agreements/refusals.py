"""What is not possible with an agreement, as sentences for people."""


class AgreementRefused(Exception):
    """The act isn't possible; nothing was written. The message is the sentence for the person."""


NOT_YOURS = "只有医疗机构有“维护”权限的账号可以选择配送企业和办理协议。"
NOT_CONCLUDED = "“{name}”尚未办结，协议采购量还可能变化；办结后才能生成三方协议。"
NOT_CONFIRMED = "“{name}”有中选产品取消中选，请先在“取消中选调整”中确认替补数量，再生成三方协议。"
NOTHING_CHOSEN = "没有可以生成协议的产品：请先为有配送企业的产品选择配送企业并保存。"
CHOOSE_AGAIN = (
    "{names}：原来选择的配送关系已作废、不再覆盖本机构，或配送企业账号已禁用，没有生成任何协议。"
    "请重新选择后再生成。"
)
NOT_DELIVERED = "{names}：所选配送企业不能向本机构配送该产品，没有保存。请刷新后重新选择。"
CHOSEN_MEANWHILE = "您打开页面之后，配送企业已被改选，没有保存：{told}。请核对后重新选择。"
IN_AGREEMENT = "{names}：已在协议 {codes} 中，请先作废协议再更换配送企业，没有保存。"
NO_REASON = "请填写作废原因。"
IS_VOID = "协议 {code} 已作废，不能再操作。"
IS_AFFECTED = "协议 {code} 受影响，不能再上传签署件：{why}。请作废协议后重新选择配送企业并生成。"
ANOTHER_ONE = "上传的文件是另一份协议（或旧数据）的打印件，不是协议 {code}。请核对编号后重新上传。"
UNSIGNED = "上传的是系统生成的未签署文件。请三方签字盖章后上传扫描件，或上传含电子签章的 PDF。"


def listed(names: list[str], most: int = 5) -> str:
    """The first few names, and how many more."""
    shown = "、".join(names[:most])
    return f"{shown} 等 {len(names)} 个产品" if len(names) > most else shown
