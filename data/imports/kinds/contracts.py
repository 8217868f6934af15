"""Contract sheets (合同表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.sales import Contract

_COLUMNS = ("title", "starts_on", "ends_on", "amount", "terms", "signer")


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    staged = context.staged
    faults.where("ends_before_start", "ends_on", staged.c.ends_on < staged.c.starts_on)


SPEC = Spec(
    kind=SheetKind.CONTRACTS,
    label="Contracts",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        Field(
            "contract_code",
            "Contract number",
            "contract_code|合同编号|合同号|contract_no|contract number",
            texts.code(60),
            required=True,
            examples=("HT2026001", "HT2026002"),
        ),
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.note("title", "Title", 200, "title|合同名称|标题", example="年度框架协议"),
        Field(
            "starts_on",
            "Begins on",
            "starts_on|开始日期|生效日期|签订日期|start_date",
            day(event=False),
            "date",
            required=True,
            examples=("2026-01-01", "2026-03-01"),
        ),
        Field(
            "ends_on",
            "Ends on",
            "ends_on|结束日期|到期日期|到期日|终止日期|end_date",
            day(event=False),
            "date",
            required=True,
            examples=("2026-12-31", "2027-02-28"),
        ),
        Field(
            "amount",
            "Amount",
            "amount|合同金额|金额",
            values.money(sign="not_negative"),
            "money",
            examples=("1200000", ""),
        ),
        parts.note("terms", "Terms", 400, "terms|付款条件|条款|主要条款"),
        parts.note("signer", "Signed by", 60, "signer|签订人|签约人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER,),
    targets=(
        Target(
            Contract,
            "contract_id",
            {"code": "contract_code"},
            {"customer_id": "customer_id", **{name: name for name in _COLUMNS}},
            updatable=frozenset(_COLUMNS),
        ),
    ),
    check=_check,
)
