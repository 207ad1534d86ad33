"""The words for what an institution is, by which volumes are later broken down. Free text would split the figures."""

GRADES = (
    "三级甲等",
    "三级乙等",
    "三级",
    "二级甲等",
    "二级乙等",
    "二级",
    "一级",
    "未定级",
)
OWNERSHIPS = ("公立", "民营", "军队")
KINDS = (
    "综合医院",
    "中医医院",
    "专科医院",
    "妇幼保健院",
    "社区卫生服务中心",
    "乡镇卫生院",
    "诊所",
    "其他",
)
