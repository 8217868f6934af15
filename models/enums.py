"""Codes the store speaks in (代码): stored by value, translated at the edge."""

from enum import StrEnum


class CustomerStatus(StrEnum):
    """Standing of the relationship as registered (客户状态); activity is derived, not stored."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    CLOSED = "closed"


class CustomerKind(StrEnum):
    """What the customer is (客户性质)."""

    ENTERPRISE = "enterprise"
    GROUP = "group"
    DEALER = "dealer"
    INSTITUTION = "institution"
    GOVERNMENT = "government"
    INDIVIDUAL = "individual"
    OTHER = "other"


class ChannelRole(StrEnum):
    """Place in the channel (渠道作用)."""

    END_USER = "end_user"
    DEALER = "dealer"
    AGENT = "agent"
    OEM = "oem"
    INTEGRATOR = "integrator"
    RETAILER = "retailer"
    OTHER = "other"


class CreditGrade(StrEnum):
    """Credit grade (信用等级)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class GradeMethod(StrEnum):
    """How a grade or limit came about (评定方法)."""

    COLLECTION_RATE = "collection_rate"
    SIX_C = "six_c"
    SALES = "sales"
    WORKING_CAPITAL = "working_capital"
    CURRENT_RATIO = "current_ratio"
    NET_ASSETS = "net_assets"
    JUDGEMENT = "judgement"
    IMPORTED = "imported"


class ReversalKind(StrEnum):
    """Why money or a credit no longer counts (冲销原因)."""

    BOUNCED = "bounced"  # 退票、拒付
    REFUNDED = "refunded"  # 退款
    VOID = "void"  # 作废


class WriteOffKind(StrEnum):
    """Why part of an invoice is given up (核销类型)."""

    SMALL_DIFFERENCE = "small_difference"  # 尾差
    BAD_DEBT = "bad_debt"  # 坏账


class ContactChannel(StrEnum):
    """Means of contact (联系方式)."""

    PHONE = "phone"
    EMAIL = "email"
    MESSAGE = "message"
    LETTER = "letter"
    VISIT = "visit"
    LAWYER = "lawyer"
    OTHER = "other"


IN_WRITING = frozenset(ContactChannel) - {ContactChannel.PHONE, ContactChannel.OTHER}
"""Channels that leave a proof, so that the demand can interrupt the limitation (诉讼时效)."""


class CollectionResult(StrEnum):
    """What a collection action brought (追账结果)."""

    REMINDED = "reminded"
    UNREACHABLE = "unreachable"
    PROMISED = "promised"
    DISPUTED = "disputed"
    REFUSED = "refused"
    PAYING = "paying"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


WITH_PROMISE = frozenset({CollectionResult.PROMISED, CollectionResult.PAYING})
"""Results that may name a day to pay by; a promise must."""


class ItemRole(StrEnum):
    """What a survey item measures (题项类型)."""

    SATISFACTION = "satisfaction"
    IMPORTANCE = "importance"
    EXPECTATION = "expectation"
    PERCEPTION = "perception"
    OVERALL = "overall"
    NPS = "nps"
    EFFORT = "effort"


class ComplaintScope(StrEnum):
    """The four textbook scopes of complaint (投诉范围)."""

    QUALITY = "quality"
    CONTRACT = "contract"
    TRANSPORT = "transport"
    SERVICE = "service"


class ComplaintState(StrEnum):
    """The eight textbook steps (投诉处理八步)."""

    RECORDED = "recorded"
    JUDGED = "judged"
    ASSIGNED = "assigned"
    ANALYSED = "analysed"
    PROPOSED = "proposed"
    APPROVED = "approved"
    CARRIED_OUT = "carried_out"
    REVIEWED = "reviewed"


class LossReason(StrEnum):
    """The seven textbook reasons for losing a customer (流失原因), and unknown."""

    UNSTABLE_QUALITY = "unstable_quality"  # 质量不稳定
    LACK_OF_INNOVATION = "lack_of_innovation"  # 缺乏创新
    WEAK_SERVICE = "weak_service"  # 服务意识淡薄
    POOR_MONITORING = "poor_monitoring"  # 市场监控不力
    STAFF_LEFT = "staff_left"  # 员工跳槽带走客户
    NEW_TEMPTATION = "new_temptation"  # 遭遇新的诱惑
    SHORT_TERMISM = "short_termism"  # 短期行为作梗
    UNKNOWN = "unknown"


class AlertState(StrEnum):
    """Life of a loss alert (预警状态)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    SAVED = "saved"
    LOST = "lost"


class Level(StrEnum):
    """Alert level, high = bad (预警级别)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    """What a supervision item is about (督办事项)."""

    LOSS_ALERT = "loss_alert"  # 流失预警
    OVERDUE = "overdue"  # 应收逾期
    LOW_SCORE = "low_score"  # 满意度低
    COMPLAINT = "complaint"  # 投诉


class SupervisionState(StrEnum):
    """Life of a supervision item (督办状态)."""

    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


class SheetKind(StrEnum):
    """What a sheet of an import holds (导入表类型)."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    STOCK_COUNTS = "stock_counts"
    ORDERS = "orders"
    INVOICES = "invoices"
    RECEIPTS = "receipts"
    CREDIT_NOTES = "credit_notes"
    PAYMENT_SCHEDULES = "payment_schedules"
    ALLOCATIONS = "allocations"
    REVERSALS = "reversals"
    WRITE_OFFS = "write_offs"
    CONTRACTS = "contracts"
    CREDIT_SURVEYS = "credit_surveys"
    COMPLAINTS = "complaints"
    VISITS = "visits"
    ANSWERS = "answers"
    OWNER_CHANGES = "owner_changes"
    CARD_CHANGES = "card_changes"
    CREDIT_GRADES = "credit_grades"
    CREDIT_LIMITS = "credit_limits"
    COLLECTION_ACTIONS = "collection_actions"
    KEY_ACCOUNT_DECISIONS = "key_account_decisions"
    LOSS_EVENTS = "loss_events"
    ACQUISITION_COSTS = "acquisition_costs"
    SUPERVISION_ITEMS = "supervision_items"
    SURVEY_ITEMS = "survey_items"
    WAVES = "waves"


class BatchState(StrEnum):
    """Life of an import batch (批次状态)."""

    COMMITTED = "committed"
    REJECTED = "rejected"
    UNDONE = "undone"
