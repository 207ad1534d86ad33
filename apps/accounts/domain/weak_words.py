"""What people in China make passwords of, beside the lists that come with Django. Pure; no Django.

Words are narrow and in lower case. A password is weak that is one of them, with any digits and signs around it, also
where letters are written as signs (`P@ssw0rd`).
"""

import re

WORDS = frozenset(
    [
        "aini",
        "aiwojia",
        "baobao",
        "baobei",
        "beijing",
        "caigou",
        "caonima",
        "chengdu",
        "china",
        "chongqing",
        "computer",
        "daiguaxi",
        "dailiang",
        "dnfdnf",
        "feiji",
        "fenliang",
        "gongsi",
        "guangdong",
        "guangzhou",
        "guanli",
        "guanliyuan",
        "guojia",
        "haoren",
        "hangzhou",
        "helloworld",
        "henan",
        "hospital",
        "hubei",
        "huawei",
        "hunan",
        "iloveyou",
        "jiangsu",
        "jiankang",
        "jicai",
        "kaixin",
        "keshi",
        "laopo",
        "letmein",
        "liuliang",
        "longteng",
        "mima",
        "mimamima",
        "mingtian",
        "monkey",
        "nanjing",
        "nihao",
        "nihaoma",
        "password",
        "qingdao",
        "qwerty",
        "root",
        "sanguo",
        "shandong",
        "shanghai",
        "shenzhen",
        "shiji",
        "shuaige",
        "sichuan",
        "sunshine",
        "superman",
        "taobao",
        "tianjin",
        "tianxia",
        "tianya",
        "wangba",
        "wangjing",
        "wangluo",
        "weisheng",
        "weixin",
        "welcome",
        "wenzhou",
        "woaini",
        "woainima",
        "woaiwojia",
        "woaizhongguo",
        "wohenni",
        "wodemima",
        "wodejia",
        "wuhan",
        "xiamen",
        "xian",
        "xiaobao",
        "xiaoming",
        "xiaoxiao",
        "xihuan",
        "xingfu",
        "xitong",
        "yaodian",
        "yaopin",
        "yaoshi",
        "yiqi",
        "yibao",
        "yibaoju",
        "yiliao",
        "yiyuan",
        "yonghu",
        "yunnan",
        "zhangwei",
        "zhejiang",
        "zhongguo",
        "zhongguoren",
        "zhonghua",
        "zhushou",
        "zhuren",
        "admin",
        "administrator",
        "test",
        "guest",
        "user",
        "abcabc",
        "qqqq",
        "wang",
        "zhang",
        "chen",
        "huang",
        "zhao",
        "zhou",
    ]
)
NUMBERS = frozenset(
    [
        "5201314",
        "1314520",
        "520520",
        "1314",
        "52013",
        "7758521",
        "7758258",
        "147258",
        "147258369",
        "159357",
        "159753",
        "110110",
        "119119",
        "112233",
        "121212",
        "123123",
        "123321",
        "131421",
        "168168",
        "518518",
        "520131",
        "521521",
        "584520",
        "666888",
        "888666",
        "987456",
        "100200",
        "201314",
        "314159",
        "911911",
    ]
)
LEET = str.maketrans("@0135$7!", "aoiessti")
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def bare(text: str) -> str:
    """Without the digits and signs at both ends."""
    return EDGES.sub("", text)


def readings(password: str) -> set[str]:
    """What somebody who guesses would call the password: whole, bare, and with letters for the signs."""
    lowered = password.lower().strip()
    return {lowered, bare(lowered), bare(lowered).translate(LEET), bare(lowered.translate(LEET))}


def is_weak(password: str) -> bool:
    """One of the words, the words twice, or hardly more than one of the numbers."""
    read = readings(password) - {""}
    doubled = {word[: len(word) // 2] for word in read if word[: len(word) // 2] * 2 == word}
    if (read | doubled) & WORDS:
        return True
    lowered = password.lower()
    return any(number in lowered and len(lowered) - len(number) <= 5 for number in NUMBERS)  # noqa: PLR2004
