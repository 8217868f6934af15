"""What people write into rows that are not data (非数据行用词): patterns over simplified text.

They are compared with `headers.simplified` text in lower case, blanks taken out where it says so.
"""

from __future__ import annotations

import re

_WHEN = (
    r"(?:(?:本|上|当|全|各|分|第?\d{1,4}|[一二三四])?(?:页|月|日|年度?|期|周|季度?|次|单|组|部|户)"
    r"|\d{4}[-/年.]?\d{0,2}月?|全部|总)"
)
_WHAT = r"(?:金额|数量|应收|应付|借方|贷方|价税|含税|人民币|rmb)"
_AFTER = r"(?:金额|数量|人民币|大写|小写|数|额|行|栏|rmb)"
_UNIT = (
    r"(?:条|笔|家|户|行|个|项|件|份|张|位|人|名|单|次|rows?|records?|customers?|items?|lines?"
    r"|entries|orders?|invoices?|accounts?|companies|answers?|responses?)"
)
_THINGS = r"(?:记录|数据|资料|客户|订单|发票|单位|公司|明细)"
_SUM = (
    r"(?:[¥$]?[-+]?\d[\d,]*(?:\.\d+)?(?:[万千]?元)?整?"
    r"|[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元圆角分整正]{2,})"
)
_COUNT = rf"(?:总?共计?)?\d[\d,]*{_UNIT}{_THINGS}?"

SURE_TOTAL = re.compile(
    rf"(?:{_WHEN}{{0,2}}{_WHAT}?(?:合计|小计|总计|共计|总合计){_AFTER}*"
    r"|(?:本[页月年期日季])(?:累计|平均)|[日月]计"
    r"|(?:sub|grand|page|overall|report|running|daily|monthly|yearly|order|group|section)totals?)"
    rf"(?:{_COUNT}|{_SUM})?"
)
"""Whole cells that say nothing but total (without blanks, joints and brackets)."""

MAYBE_TOTAL = re.compile(
    r"(?:累计|平均[值分数]?|均值|总[和数]|汇总|计数|最[大小]值"
    r"|totals?(?:amount|count|sum)?|sum|average|avg|mean|median|count)"
    rf"(?:{_COUNT}|{_SUM})?"
)
"""Whole cells that say total unless somebody is called so: a customer named Total."""

COUNT = re.compile(_COUNT)
"""`2家`, `共3条记录`, `1customer`: what a total row writes into the name's column."""

SURE_END = re.compile(r"(?P<stem>.+?)[\s:_·—-]*(?:[合小总]\s*计|sub[\s-]?totals?)\s*:?")
"""`c001小计`: the group and the word behind it (with blanks)."""
MAYBE_END = re.compile(
    r"(?P<stem>.+?)(?:[\s:_·—-]*(?:汇总|累计|平均值?|计数|最[大小]值)"
    r"|[\s:_·—-]+(?:grand )?(?:totals?|sum|average|count|max|min))\s*:?"
)
"""`c001 total`, `c001 汇总`, as Excel writes them (with blanks)."""
SURE_START = re.compile(r"(?:(?:sub|grand)[\s-]?)?totals?\s+(?:for|of)\s+(?P<stem>.+)")
"""`total for c001` (with blanks)."""
WORDED_START = re.compile(r"[合小总]\s*计\s*[:\s]\s*(?P<stem>.+)")
"""`合计:c001`; `合计 纸业` is the name of somebody (with blanks)."""
MAYBE_START = re.compile(r"(?:(?:sub|grand)[\s-]?)?totals?[\s:—-]+(?P<stem>.+)")
"""`total c001`; `total station` unless something above is called Station (with blanks)."""

_DOERS = (
    r"制表|制单|填表|填报|编制|编报|审核|审批|审定|复核|核对|校对|经办|经手|出纳|会计|记账|主管"
    r"|(?:财务|部门|单位|业务)(?:主管|负责|领导|经理)|打印|列印|导出|汇出|输出|生成|报表|查询|统计"
)
LABEL = re.compile(
    rf"(?:{_DOERS})(?:人员|人|员|者)?(?:日期|时间|单位|部门|区间|期间|签[字名章]|盖章)?(?::.*|\d.*)?"
)
"""`制表人`, `打印日期:2026-08-31` (without blanks)."""
NAMED_LABEL = re.compile(r".*(?:[人员者]|日期|时间|签[字名章]|盖章)|.*[:\d].*")
"""Labels that are nothing else; 审核 alone may be a state."""
ENGLISH_LABEL = re.compile(
    r"(?:report )?(?:printed|prepared|reviewed|approved|checked|verified|exported|generated"
    r"|compiled|signed|created)\s*(?:by|on|at|date|:).*"
    r"|(?:print|printing|export|report|run|creation) (?:date|time)\b.*|date printed\b.*"
)
_NTH = r"[\d一二三四五六七八九十百]+"
PAGE = re.compile(
    rf"[-—–]*(?:第{_NTH}页(?:[,/、;|(]*共?{_NTH}页\)?)?|共{_NTH}页(?:[,/、;|(]*第{_NTH}页\)?)?"
    r"|page(?:no\.?)?:?\d+(?:(?:of|/)\d+)?|页[码次]:?\d+(?:/\d+)?|\d+/\d+页"
    r"|承前页|过次页|续下页|接上页)[-—–]*"
)
"""`第1页`, `page1of3` (without blanks)."""
COUNTED = re.compile(
    rf"\(?(?:{_COUNT}|(?:总?记录|条目|总[条笔户行件])总?条?数?:?\d[\d,]*{_UNIT}?"
    r"|(?:total)?(?:numberof)?(?:rows|records|count|items):\d[\d,]*"
    r"|\d[\d,]*(?:rows?|records?)(?:selected|exported|found|listed|returned)?)\)?"
)
"""`共3条`, `records:12` (without blanks)."""
REMARK = re.compile(
    r"(?:备注|附注|注|说明|注意|注释|提示|声明|备考|notes?|remarks?|disclaimer|n\.?b\.?)\s*\d?\s*:.*"
    r"|(?:以上数据|以下无正文|以下空白|[本此]表(?:由|数据|仅|共|为|单|金额)|本报表|数据来源|数据截[止至]"
    r"|资料来源|截止日期|source\s*:|data as of|as of \d|end of (?:report|list|data|file)).*"
    r"|[*—\s=-]+(?:end|完|结束|以下空白)[*—\s=-]+",
    re.DOTALL,
)
"""Text under a table (with blanks)."""
RULE = re.compile(r"[-=_*~—─━═·.]{3,}")
"""A line drawn with signs."""

TRIGGERS = re.compile(
    "[计汇均累总共数页制填编审复核校经出会记主打列导输生报查统财部单业备附注说声提以本此资截承过续接最"
    "計匯彙總數頁製編審復複覆經會記導輸報統財單業備註說聲資條]"
)
"""Signs of which one stands in whatever Chinese text these patterns fit."""
ENGLISH_TRIGGERS = (
    "total",
    "sum",
    "average",
    "avg",
    "mean",
    "median",
    "count",
    "max",
    "min",
    "page",
    "printed",
    "prepared",
    "reviewed",
    "approved",
    "checked",
    "verified",
    "exported",
    "generated",
    "compiled",
    "signed",
    "created",
    "print",
    "export",
    "report",
    "run ",
    "creation",
    "row",
    "record",
    "note",
    "remark",
    "disclaimer",
    "n.b",
    "nb:",
    "nb ",
    "source",
    "as of",
    "end",
    "---",
    "===",
    "***",
    "___",
    "~~~",
    "...",
)
"""In lower case; one of them stands in whatever English text they fit, counts apart."""

ANSWER_KINDS = frozenset({"response", "open-ended response", "openended response"})
"""What SurveyMonkey writes under its questions, in lower case."""
_REQUIREMENTS = """
必填 选填 非必填 可选 必录 非必录 必输 可空 不可空 非空 必需 可不填 * 文本 文字 字符 字符串 数字
数值 整数 小数 日期 日期型 文本型 数值型 布尔 枚举 下拉 required optional mandatory text string
number numeric integer decimal date datetime boolean enum varchar char float double bigint int
"""
REQUIREMENTS = frozenset(_REQUIREMENTS.split())
"""What a row under the header says of its columns: simplified, in lower case."""
_UNITS = "小时 分钟 h min month months year years person 单位 - / —"
UNITS = frozenset(_UNITS.split())
"""What a row of units may hold that says nothing about any figure of ours (`headings`)."""
