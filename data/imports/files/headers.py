"""Column names compared (表头归一): case, width, spaces, units and script do not matter."""

from __future__ import annotations

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNIT = re.compile(r"[(\[（【].*?[)\]）】]")
_NUMBERED = re.compile(r"^\s*(第\s?)?[Qq]?\d{1,3}(\s?题)?\s?[、．.:：]\s*(?=\D)")
_JOINTS = re.compile(r"[\s_\-./:：*、]+")

_SIMPLER = str.maketrans(
    "戶編號稱稅碼類別單據發開額幣種數項產庫盤點應還貨聯絡員務郵話傳職業區縣國種態備註"
    "訂購買銷價總計淨實際進貸賬帳款條結從負責經紹資質級資與時間歷詢問題評滿願薦見議訪談"
    "處歸屬標題約終簽執環創競爭對訴審關閉結決補償認證網頁廠營擔當記錄範圍門劃調查課績"
    "簡統會來狀檔採電紅連續動負債內訪費據權義場館連線紙團冊"
    "納識為爲繫機說覈潤衝誠濟無訟佔覆響辦變後測諾斷獲廣報幹維長選順達參貴寫語藍協壞沖幾啟啓",
    "户编号称税码类别单据发开额币种数项产库盘点应还货联络员务邮话传职业区县国种态备注"
    "订购买销价总计净实际进贷账账款条结从负责经绍资质级资与时间历询问题评满愿荐见议访谈"
    "处归属标题约终签执环创竞争对诉审关闭结决补偿认证网页厂营担当记录范围门划调查课绩"
    "简统会来状档采电红连续动负债内访费据权义场馆连线纸团册"
    "纳识为为系机说核润冲诚济无讼占复响办变后测诺断获广报干维长选顺达参贵写语蓝协坏冲几启启",
)
"""The traditional characters that occur in column names."""

_BESIDE = str.maketrans("製複復匯彙筆張萬億圓輸備領導", "制复复汇汇笔张万亿圆输备领导")
"""Those that occur in totals and footers only; a header's hash does not know them."""


def plain(name: str) -> str:
    """A column name as it is compared: `客戶編號 (必填)` is `客户编号`."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", name))
    bare = _UNIT.sub("", seen) or seen
    return _JOINTS.sub("", bare).casefold().translate(_SIMPLER).replace("联络", "联系")


def simplified(text: str) -> str:
    """Text as words in it are looked for: full-width made narrow, traditional made simplified."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return seen.translate(_SIMPLER).translate(_BESIDE)


def core(name: str) -> str:
    """The longest word of a column name, in lower case: what every spelling of it holds."""
    words = re.findall(r"[^\W_]+", _UNIT.sub(" ", INVISIBLE.sub("", name)).casefold())
    return max(words, key=len, default="")


def whole(name: str) -> str:
    """A column name compared letter by letter: `Q2[SQ001]` is not `Q2[SQ002]`."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", name))
    return "".join(seen.split()).casefold().translate(_SIMPLER)


def unnumbered(name: str) -> str:
    """A question without its number: `1、贵公司名称` is `贵公司名称`."""
    return _NUMBERED.sub("", name)


def visible(name: str) -> str:
    """A column name as it is shown: on one line, nothing invisible in it."""
    return " ".join(CONTROL.sub("", INVISIBLE.sub("", name)).split())[:120]
