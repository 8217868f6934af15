"""Columns that change what a row means (改变行含义的列), and what their words say.

A column no field takes is left out; one of these never is: a void invoice is no invoice.
Words are compared as `headers.plain` and `word` write them, so width, case, blanks and
traditional signs do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.imports.files import headers


class Effect(StrEnum):
    """What a word does to its row."""

    TAKE = "take"
    """The row counts as it stands."""
    PASS = "pass"  # noqa: S105  (no password)
    """The row is none: void, draft, failed."""
    CLOSED = "closed"
    """What the row describes is no longer in use."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of column."""

    headers: frozenset[str]
    words: Mapping[str, Effect | str]
    """Word → what it does, or what the row is (`Spec.side`, `Spec.documents`)."""
    unknown: str
    """Reason given for a word that is not known, and where it is known to stand against the row."""
    passes: str = "void_row"
    """Reason given where its rows are passed over."""


def word(cell: str) -> str:
    """A cell as it is compared with the words of a column."""
    return headers.whole(cell).strip("。.;；:： ")


def _names(text: str) -> frozenset[str]:
    return frozenset(headers.plain(name) for name in text.split("|"))


def _words(said: Mapping[Effect | str, str]) -> dict[str, Effect | str]:
    return {word(each): effect for effect, text in said.items() for each in text.split("|")}


_YES = "是|y|yes|true|t|1|√|✓|v|x"
_NO = "否|n|no|false|f|0|×|无|-"
STATE = Meaning(
    _names(
        "状态|单据状态|订单状态|发票状态|开票状态|审核状态|数据状态|审批状态|收款状态|"
        "到账状态|交易状态|支付状态|处理状态|记录状态|凭证状态|合同状态|执行状态|使用状态|"
        "有效状态|单据标志|发票标志|状态标志|status|state|document status|order status|"
        "invoice status|record status|transaction status|approval status|审核标志|审核"
    ),
    _words(
        {
            Effect.TAKE: (
                "正常|已审核|审核|审核通过|审批通过|已审批|已通过|通过|已提交|已确认|确认|"
                "有效|已生效|生效|已开具|已开票|开具成功|已完成|完成|已关闭|关闭|已结案|结案|"
                "已发货|已出库|部分发货|已签收|执行中|履行中|已签订|已签|已签约|已归档|成功|"
                "交易成功|支付成功|已支付|已付款|已收款|已到账|到账|已入账|已记账|已过账|"
                "记账|未付款|未收款|待付款|待收款|部分付款|部分收款|逾期|已逾期|已结清|"
                "未结清|已核销|未核销|部分核销|已认证|未认证|已勾选|未勾选|启用|已启用|在用|"
                "使用中|normal|valid|active|approved|submitted|posted|open|paid|unpaid|"
                "not paid|partially paid|partly paid|in payment|overdue|authorised|"
                "authorized|awaiting payment|sent|completed|complete|done|success|succeeded|"
                "confirmed|sale|sales order|fulfilled|shipped|delivered|closed|"
                "to deliver and bill|to bill|to deliver|enabled"
            ),
            Effect.PASS: (
                "已作废|作废|被作废|废票|空白作废|红冲|已红冲|被红冲|全额红冲|冲红|已冲红|"
                "已冲销|冲销|草稿|暂存|未提交|已取消|取消|已撤销|撤销|已撤回|已驳回|驳回|"
                "未通过|审核不通过|失败|交易失败|支付失败|收款失败|已退回|退回|退票|已退票|"
                "已退款|全额退款|已删除|删除|无效|已失效|draft|void|voided|cancelled|"
                "canceled|cancel|failed|rejected|declined|deleted|reversed|returned|refunded|"
                "bounced|quotation|quotation sent|invalid"
            ),
            Effect.CLOSED: "停用|已停用|禁用|已禁用|disabled|inactive|archived",
        }
    ),
    "state_unknown",
)
DOCSTATUS = Meaning(
    _names("docstatus|doc status"),
    _words(
        {Effect.TAKE: "1|submitted|已提交", Effect.PASS: "0|2|draft|cancelled|canceled|草稿|已取消"}
    ),
    "state_unknown",
)
VOID = Meaning(
    _names(
        "是否作废|作废标志|作废标识|作废状态|作废|是否红冲|红冲标志|是否冲销|冲销标志|已作废|"
        "是否删除|删除标志|是否取消|void|voided|is void|is_void|cancelled|canceled|"
        "is cancelled|deleted|is_deleted|reversed|is reversed"
    ),
    _words(
        {
            Effect.TAKE: f"{_NO}|未作废|正常|未红冲",
            Effect.PASS: f"{_YES}|已作废|作废|void|voided|已红冲|红冲",
        }
    ),
    "state_unknown",
)
DISABLED = Meaning(
    _names(
        "禁用|禁用状态|是否禁用|停用|是否停用|停用标志|冻结|是否冻结|冻结状态|disabled|"
        "is disabled|inactive|archived"
    ),
    _words(
        {
            Effect.TAKE: f"{_NO}|未禁用|未停用|未冻结|正常|启用",
            Effect.CLOSED: f"{_YES}|已禁用|禁用|停用|已停用|冻结|已冻结",
        }
    ),
    "state_unknown",
)
ENABLED = Meaning(
    _names("启用|是否启用|启用状态|是否有效|有效|enabled|active|is active|is_active"),
    _words(
        {
            Effect.TAKE: f"{_YES}|启用|已启用|有效|正常",
            Effect.CLOSED: f"{_NO}|停用|已停用|禁用|无效",
        }
    ),
    "state_unknown",
)
SIDE = Meaning(
    _names(
        "借贷|借/贷|借贷方向|借贷标志|借贷标识|方向|收支|收支方向|收支类型|收/支|"
        "debit/credit|dr/cr|d/c|debit credit indicator|direction"
    ),
    _words(
        {
            "debit": "借|借方|debit|dr|d|s|支|支出|付|付款|out",
            "credit": "贷|贷方|credit|cr|c|h|收|收入|收款|in",
        }
    ),
    "other_side",
    "not_of_this_sheet",
)
RED = Meaning(
    _names("红蓝字|红蓝标志|红字标志|是否红字|红字|红蓝|是否负数发票"),
    _words({"blue": f"{_NO}|蓝|蓝字|蓝票|正数", "red": f"{_YES}|红|红字|红票|负数"}),
    "other_side",
    "not_of_this_sheet",
)
DOCUMENT = Meaning(
    _names(
        "单据类型|凭证类型|发票种类|票据类型|业务类型|交易类型|document type|doc type|"
        "document_type|doctype|transaction type|voucher type|move type|move_type|invoice type"
    ),
    _words(
        {
            "invoice": "发票|销售发票|蓝字发票|正数发票|invoice|sales invoice|out_invoice|"
            "customer invoice|rv|dr|"
            "增值税专用发票|增值税普通发票|专票|普票|电子专票|电子普票|数电专票|数电普票|"
            "数电票(增值税专用发票)|数电票(普通发票)|电子发票(增值税专用发票)|"
            "电子发票(普通发票)|增值税电子专用发票|增值税电子普通发票|accrec",
            "credit": "贷项|贷项凭证|贷项通知单|红字发票|负数发票|销售退货|credit memo|"
            "credit note|creditmemo|"
            "out_refund|customer credit note|dg|accreccredit",
            "receipt": "收款单|销售收款单|收款|receipt|payment|customer payment|payment entry|dz",
            "refund": "退款|退款单|收款退款单|refund|customer refund",
            "order": "销售订单|订单|sales order|标准销售订单|标准订单|普通订单",
            "return": "退货单|退货|退货订单|return|sales return",
            "purchase": "付款单|采购发票|in_invoice|in_refund|vendor bill|bill|kr|kg|kz|"
            "accpay|付款退款单",
        }
    ),
    "other_document",
    "not_of_this_sheet",
)
PAID = Meaning(
    _names(
        "已收金额|已收款|已收款金额|已收|已付金额|已付|已核销金额|已核销|核销金额|已结算金额|"
        "未收金额|未收款|未收款金额|未核销金额|未核销|未付金额|应收余额|发票余额|余额|欠款|"
        "欠款金额|paid|amount paid|paid amount|applied|balance|balance due|open amount|"
        "open balance|outstanding|outstanding amount|amount due|residual|amount_residual|"
        "付款状态|payment status|payment_state"
    ),
    {},
    "paid_left_out",
)
RATE = Meaning(
    _names("汇率|记账汇率|折算汇率|exchange rate|conversion rate|currency rate|fx rate"),
    _words({Effect.TAKE: "1|1.0|1.00|1.000|1.0000|1.00000|1.000000"}),
    "rate_left_out",
)
OTHER_AMOUNT = Meaning(
    frozenset(),
    {},
    "other_side",
    "other_amount",
)
"""A figure in the column of the other side: an outgoing payment among receipts."""
DEBITS = _names(
    "借方发生额|借方金额|借方|借方本币|支出金额|支出|付款金额|转出金额|debit|"
    "debit amount|withdrawal|"
    "withdrawals|paid out|money out"
)
CREDITS = _names(
    "贷方发生额|贷方金额|贷方|贷方本币|收入金额|收入|credit|credit amount|deposit|deposits|paid in|"
    "money in"
)
MEANINGS = (STATE, DOCSTATUS, VOID, DISABLED, ENABLED, SIDE, RED, DOCUMENT, PAID, RATE)


def meaning_of(header: str, side: str = "") -> Meaning | None:
    """What kind of column a header names for rows of a side (`Spec.side`); None for any other."""
    name = headers.plain(header)
    if (side == "credit" and name in DEBITS) or (side == "debit" and name in CREDITS):
        return OTHER_AMOUNT
    return next((each for each in MEANINGS if name in each.headers), None)
