"""What files say for our codes (代码用词): Chinese and English words to stored values."""

from __future__ import annotations

from enum import StrEnum

from models.enums import (
    ChannelRole,
    CollectionResult,
    ComplaintScope,
    ComplaintState,
    ContactChannel,
    CreditGrade,
    CustomerKind,
    CustomerStatus,
    GradeMethod,
    ItemRole,
    LossReason,
    ReversalKind,
    SupervisionState,
    Topic,
    WriteOffKind,
)


def _words(enum: type[StrEnum], said: dict[str, str]) -> dict[str, str]:
    """Every code by itself and by the words `{code: "词 词"}`; a bar stands for a space."""
    found = {member.value.lower(): member.value for member in enum}
    for code, words in said.items():
        found |= {word.lower().replace("|", " "): code for word in words.split()}
    return found


CUSTOMER_KINDS = _words(
    CustomerKind,
    {
        "enterprise": "企业 企業 公司 工厂 工廠 corporate company",
        "group": "集团 集團 集团公司 集團公司",
        "dealer": "经销商 經銷商 代理商 贸易商 貿易商",
        "institution": "事业单位 事業單位 院校 医院 醫院 研究所",
        "government": "政府 机关 機關 政府机关 政府機關",
        "individual": "个人 個人 个体户 個體戶 个体工商户 consumer",
        "other": "其他 其它",
    },
)
CHANNEL_ROLES = _words(
    ChannelRole,
    {
        "end_user": "最终用户 最終使用者 最終用戶 终端用户 终端 直接用户 end|user",
        "dealer": "经销商 經銷商 分销商 分銷商 批发商 批發商",
        "agent": "代理商 代理",
        "oem": "oem oem厂商 oem廠商 配套厂 主机厂",
        "integrator": "集成商 整合商 工程商",
        "retailer": "零售商",
        "other": "其他 其它",
    },
)
CUSTOMER_STATUSES = _words(
    CustomerStatus,
    {
        "prospect": "潜在 潛在 潜在客户 意向",
        "active": "正常 合作中 有效 启用",
        "closed": "停用 禁用 已停用 已禁用 冻结 终止 終止 已终止 已終止 已关闭 已關閉 注销",
    },
)
CHANNELS = _words(
    ContactChannel,
    {
        "phone": "电话 電話 手机 手機",
        "email": "邮件 郵件 电子邮件 電子郵件 e-mail",
        "message": "微信 短信 消息 即时消息 即時訊息",
        "letter": "信函 函件 信件",
        "visit": "拜访 拜訪 上门 走访",
        "lawyer": "律师 律師 律师函",
        "other": "其他 其它",
    },
)
COMPLAINT_SCOPES = _words(
    ComplaintScope,
    {
        "quality": "质量 商品质量 商品品質 品質 产品质量 质量投诉 商品质量投诉 product|quality",
        "contract": "合同 购销合同 購銷合同 合同投诉 购销合同投诉",
        "transport": "运输 货物运输 貨物運輸 物流 运输投诉 货物运输投诉",
        "service": "服务 服務 服务投诉",
    },
)
COMPLAINT_STATES = _words(
    ComplaintState,
    {
        "recorded": "已登记 已登記 登记 记录 已记录 已記錄",
        "judged": "已判定 判定",
        "assigned": "已分派 分派 处理中 處理中",
        "analysed": "已分析 原因分析",
        "proposed": "已提案 已提方案 提出方案 solution|proposed",
        "approved": "已批准 批准 已批示",
        "carried_out": "已实施 已實施 实施 carried|out",
        "reviewed": "已总结 已總結 总结 已关闭 已關閉 已办结 办结 closed",
    },
)
REVERSAL_KINDS = _words(
    ReversalKind,
    {
        "bounced": "退票 拒付 退回 票据退回 空头 bounce returned dishonoured",
        "refunded": "退款 退還 退还 refund",
        "void": "作废 作廢 冲销 沖銷 voided",
    },
)
WRITE_OFF_KINDS = _words(
    WriteOffKind,
    {
        "small_difference": "尾差 尾数 尾數 小额差异 抹零 small|difference difference",
        "bad_debt": "坏账 壞賬 呆账 呆賬 坏账核销 bad|debt",
    },
)
MOVES = {
    word: move
    for move, words in {
        "apply": "apply 核销 核銷 核销应收 applied",
        "take_back": "take_back 撤销 撤銷 撤销核销 撤銷核銷 反核销 反核銷 取消 取消核销",
    }.items()
    for word in (one.replace("|", " ") for one in words.split())
}
"""What a row of an allocation sheet does."""
CREDIT_GRADES = _words(
    CreditGrade,
    {letter.value: f"{letter}级 {letter}級 {letter}等 grade|{letter}" for letter in CreditGrade},
)
GRADE_METHODS = _words(
    GradeMethod,
    {
        "collection_rate": "回款率 回款率法 collection|rate",
        "six_c": "6c 6c评价 6c評價 6c法 六c",
        "sales": "销售额测定法 銷售額測定法 销售额 sales|estimate",
        "working_capital": "周转资产分割法 周轉資產分割法 周转资产",
        "current_ratio": "流动比率法 流動比率法 流动比率 current|ratio",
        "net_assets": "净资产分割法 淨資產分割法 净资产",
        "judgement": "综合判断法 綜合判斷法 综合判断 人工 人工评定 overall|judgement",
        "imported": "导入 匯入 導入",
    },
)
COLLECTION_RESULTS = _words(
    CollectionResult,
    {
        "reminded": "已提醒 提醒",
        "unreachable": "未联系上 未聯絡上 未聯繫上 无人接听 not|reached",
        "promised": "承诺付款 承諾付款 承诺 promised|to|pay",
        "disputed": "有争议 有爭議 争议 爭議",
        "refused": "拒付 拒绝 拒絕",
        "paying": "付款中 部分付款",
        "escalated": "已升级 已升級 升级",
        "resolved": "已解决 已解決 已结清",
    },
)
LOSS_REASONS = _words(
    LossReason,
    {
        "unstable_quality": "质量不稳定 質量不穩定 品質不穩定 unstable|quality",
        "lack_of_innovation": "缺乏创新 缺乏創新 lack|of|innovation",
        "weak_service": "服务意识淡薄 服務意識淡薄 weak|service",
        "poor_monitoring": "市场监控不力 市場監控不力 poor|market|monitoring",
        "staff_left": "员工跳槽带走客户 員工跳槽帶走客戶 员工跳槽 staff|left|with|the|customer",
        "new_temptation": "遭遇新的诱惑 遭遇新的誘惑 竞争对手 tempted|by|a|rival",
        "short_termism": "短期行为作梗 短期行為作梗 短期行为 our|own|short-termism",
        "unknown": "原因不明 不明 未知 reason|unknown",
    },
)
ITEM_ROLES = _words(
    ItemRole,
    {
        "satisfaction": "满意度 滿意度 满意",
        "importance": "重要性 重要度 重要程度",
        "expectation": "期望 期望值",
        "perception": "感知 感知值",
        "overall": "总体评价 總體評價 总体满意度",
        "nps": "推荐意愿 推薦意願 推荐度 would|recommend",
        "effort": "费力程度 費力程度 费力度",
    },
)
TOPICS = _words(
    Topic,
    {
        "loss_alert": "流失预警 流失預警 loss|alert",
        "overdue": "应收账款 應收帳款 应收 逾期 逾期应收 receivables",
        "low_score": "满意度 滿意度 低分 低满意度 satisfaction",
        "complaint": "投诉 投訴",
    },
)
SUPERVISION_STATES = _words(
    SupervisionState,
    {
        "open": "进行中 進行中 未办结 未辦結",
        "escalated": "已升级 已升級 升级",
        "closed": "已办结 已辦結 办结 已关闭",
    },
)
