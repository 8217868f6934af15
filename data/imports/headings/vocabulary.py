"""The words in which headers speak of their values (表头用词), simplified and in lower case.

Words of letters stand alone (`k` is none of `kind`); Chinese ones may join what they belong to
(`金额万元`). Blanks in a word stand for any number of them, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal


def _listed(said: Mapping[str, str]) -> dict[str, str]:
    """Word → code; words between bars."""
    return {word.strip(): code for code, words in said.items() for word in words.split("|")}


def _set(said: str) -> frozenset[str]:
    """Words between bars."""
    return frozenset(said.split("|"))


SCALES: Mapping[str, Decimal] = {
    word: Decimal(factor)
    for factor, words in {
        "0.01": "分|cents|cent",
        "0.1": "角",
        "1": "元|圆|块|块钱|yuan|元整",
        "100": "百元|百",
        "1000": "千元|千|仟元|仟|k|'000|000|000s|'000s|000's|thousand|thousands|tsd|千圆",
        "10000": "万元|万|万圆|ten thousand|10k",
        "100000": "十万元|十万|lakh",
        "1000000": "百万元|百万|mn|mln|mm|mio|million|millions|佰万元|佰万",
        "10000000": "千万元|千万|crore",
        "100000000": "亿元|亿|亿圆",
        "1000000000": "十亿元|十亿|bn|bln|billion|billions",
    }.items()
    for word in words.split("|")
}
"""Units of money, as multiples of one."""

CURRENCIES = _listed(
    {
        "CNY": "人民币|人民币元|rmb|cny|cnh|renminbi",
        "USD": "美元|美金|usd|us$|us dollar|us dollars",
        "EUR": "欧元|欧|歐元|eur|euro|euros|€",
        "HKD": "港元|港币|港幣|hkd|hk$",
        "TWD": "台币|台幣|新台币|新台幣|新臺幣|臺幣|twd|ntd|nt$",
        "JPY": "日元|日圆|日币|円|jpy|yen",
        "GBP": "英镑|英鎊|gbp|£|pound sterling",
        "KRW": "韩元|韓元|krw|₩",
        "AUD": "澳元|澳币|aud|a$",
        "CAD": "加元|加币|cad|c$",
        "SGD": "新加坡元|新币|坡币|sgd|s$",
        "CHF": "瑞士法郎|瑞郎|chf",
        "RUB": "卢布|rub|₽",
        "INR": "卢比|inr|₹",
        "THB": "泰铢|thb|฿",
        "VND": "越南盾|vnd|₫",
        "MYR": "林吉特|myr|rm",
        "IDR": "印尼盾|idr",
        "BRL": "雷亚尔|brl",
        "MOP": "澳门元|澳门币|mop",
        "NZD": "纽币|nzd",
        "SEK": "瑞典克朗|sek",
        "AED": "迪拉姆|aed",
        "": "原币|原币种|外币|交易币种|foreign currency|transaction currency|document currency|"
        "original currency|invoice currency|fc",
        "own": "本币|本位币|记账本位币|本币种|local currency|company currency|base currency|"
        "home currency|functional currency|lc",
    }
)
"""Word → ISO code; empty is one the header does not name, `own` the store's."""
SIGNS: Mapping[str, tuple[str, ...]] = {
    "$": ("USD", "HKD", "TWD", "AUD", "CAD", "SGD", "NZD"),
    "¥": ("CNY", "JPY"),
}
"""Signs several currencies share: the store's if it is one of them, else the first."""

NET, GROSS = "net", "gross"
TAXES = _listed(
    {
        NET: "不含税|未含税|未税|除税|税前|去税|无税|净|excl. tax|excl tax|excl. vat|excl vat|"
        "excluding tax|excluding vat|exclusive of tax|ex. tax|ex tax|ex vat|ex. vat|before tax|"
        "net of tax|without tax|w/o tax|untaxed|net|pre-tax|pretax|tax excluded|tax exclusive|"
        "excl. gst|excl gst|ex gst|不含增值税",
        GROSS: "含税|税后|价税合计|incl. tax|incl tax|incl. vat|incl vat|including tax|"
        "including vat|inclusive of tax|with tax|gross|tax included|tax inclusive|incl. gst|"
        "incl gst|含增值税|价税",
    }
)
TAX_COLUMNS = _set(
    "税额|税金|增值税额|增值税|销项税额|销项税|税款|tax|taxamount|vat|vatamount|gst|gstamount|totaltax"
)
"""Columns, as compared, that hold the tax on the amount beside them."""
RATE_COLUMNS = _set(
    "汇率|记账汇率|折算汇率|外汇汇率|兑换率|exchangerate|fxrate|currencyrate|conversionrate|"
    "exch.rate|exchrate"
)
"""Columns, as compared, that hold what one of the foreign currency is worth in the store's."""

FILLERS = _set(
    "in|of|the|amounts|amount in|expressed in|figures|values|all|unit|units|单位|计量单位|金额单位|"
    "货币单位|货币|币种|currency|以|计|为单位|为|单位为|均为|计的|and|及|are"
)
"""Words that join the others and say nothing themselves."""

PERCENT = _set("%|％|百分比|百分数|percent|pct")

MEASURES = _set(
    "分|分值|个|件|台|套|箱|包|袋|盒|支|只|瓶|桶|卷|张|条|根|片|双|把|本|辆|组|批|吨|公斤|千克|克|斤|kg|g|t|ton|tons|"
    "米|厘米|毫米|公里|m|cm|mm|km|平方米|㎡|m2|立方米|m3|升|毫升|l|ml|pcs|pc|piece|"
    "pieces|ea|each|unit|"
    "units|set|sets|box|boxes|打|dozen|份|人|名|位|家|天|日|日历天|自然日|day|days|人数|"
    "persons|people|期|次|户|"
    "头|株|扇|幅|部|颗|粒|枚|对|副|筐|托|柜|板|件数|台套|pallet|pallets|carton|cartons|ctn"
)
"""What is counted: harmless beside a number that counts it."""

MARKS = _set(
    "必填|必填项|必输|必选|选填|选填项|可选|非必填|可空|可为空|不可为空|不能为空|唯一|不可重复|示例|例|样例|例如|"
    "required|optional|mandatory|unique|example|sample|*|文本|文本格式|文字|字符|字符串|"
    "数字|数值|整数|小数|日期|日期格式|"
    "text|string|number|numeric|integer|decimal|date|全称|简称除外|18位|15位|20位|8位|"
    "单选|单选题|多选|多选题|填空|填空题|矩阵题|量表题|评分题|下拉|下拉选择|下拉框|"
    "登录名|用户名|账号|login|自动|系统|系统生成|"
    "两位小数|保留两位小数|保留2位小数|2位小数|未填写|请填写|请输入|请选择|年月日|"
    "年/月/日|年-月-日|年月|年-月|年/月|是/否|是或否|"
    "y/n|yes/no|有/无|填空题必填|公历|北京时间|utc+8|utc+8:00|gmt+8|区号+号码|含区号|"
    "带区号|阳历|全部大写|大写"
)
"""What stands in brackets and says nothing about the values."""

DAY_ORDERS: Mapping[str, str] = {
    order: name
    for name, orders in {
        "": "ymd|ym|yyyy|y",
        "mdy": "mdy",
        "dmy": "dmy",
    }.items()
    for order in orders.split("|")
}
"""The order of a written date format → what it says about 3/2/2026."""
WHOLE: Mapping[str, str] = {
    "额": "金额",
    "总额": "金额",
    "合计": "金额",
    "款": "金额",
    "价": "单价",
    "sum": "amount",
    "value": "amount",
}
"""What is left of a name once unit, currency and tax are taken off → the name it stands for."""
STANDING_ALONE: Mapping[str, tuple[str, str]] = {
    "净额": ("金额", "净"),
    "净价": ("单价", "净"),
    "net": ("amount", "net"),
    "netvalue": ("amount", "net"),
    "gross": ("amount", "gross"),
    "untaxed": ("amount", "untaxed"),
}
"""Whole names → the name they stand for, and what they say of it."""
