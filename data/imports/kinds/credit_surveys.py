"""Credit survey sheets (信用调查表): six C scores and balance-sheet figures."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.credit import CreditSurvey
from models.enums import SheetKind

_SCORES = {
    "c_character": ("Character", "品质", "品德", "诚信"),
    "c_capacity": ("Capacity", "能力", "偿债能力", "经营能力"),
    "c_capital": ("Capital", "资本", "资本实力"),
    "c_collateral": ("Collateral", "抵押", "抵押担保"),
    "c_conditions": ("Conditions", "条件", "经济环境", "环境"),
    "c_continuity": ("Continuity", "连续性", "持续性"),
}
_BALANCE = {
    "current_assets": ("Current assets", "流动资产"),
    "current_liabilities": ("Current liabilities", "流动负债"),
    "total_assets": ("Total assets", "资产总额", "总资产"),
    "total_liabilities": ("Total liabilities", "负债总额", "总负债"),
    "annual_sales": ("Yearly sales", "年销售额", "年营业额", "营业收入"),
}
_COLUMNS = ("source", *_SCORES, *_BALANCE, "supplier_count", "sued", "competitor_share", "note")

SPEC = Spec(
    kind=SheetKind.CREDIT_SURVEYS,
    label="Credit surveys",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day(
            "surveyed_on", "Survey date", "surveyed_on|调查日期|信用调查日期|日期|survey_date|date"
        ),
        parts.note("source", "Source", 60, "source|资料来源|来源"),
        *(
            Field(
                name,
                label,
                "|".join((name, *said, label)),
                values.number(least=0, most=100),
                "number",
                examples=("80", "65"),
            )
            for name, (label, *said) in _SCORES.items()
        ),
        *(
            Field(name, label, "|".join((name, *said, label)), values.money(), "money")
            for name, (label, *said) in _BALANCE.items()
        ),
        Field(
            "supplier_count",
            "Number of suppliers",
            "supplier_count|供应商数|供应商数量",
            values.number(least=0, whole=True),
            "whole",
        ),
        Field(
            "sued",
            "Sued",
            "sued|涉诉|是否涉诉|有无诉讼",
            values.flag,
            "flag",
            examples=("否", "否"),
        ),
        Field(
            "competitor_share",
            "Competitors' share",
            "competitor_share|竞争对手份额|竞品占比",
            values.number(least=0, most=1),
            "number",
        ),
        parts.note("note", "Note", 1000, "note|备注|remark"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER,),
    targets=(
        Target(
            CreditSurvey,
            "credit_survey_id",
            {"customer_id": "customer_id", "surveyed_on": "surveyed_on"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
)
