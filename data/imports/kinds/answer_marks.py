"""Answers that are no data (非正式答卷): previews, tests, and those that were never sent."""

from __future__ import annotations

from data.imports.terms.spec import Mark

_TESTS = "测试|測試|测试答卷|測試答卷|测试数据|測試數據|test response"
_PREVIEWS = (
    f"{_TESTS}|test|preview|survey preview|survey test|spam|possible spam|survey preview/spam"
    "|imported/spam|offline/spam|offline survey preview|预览|預覽|试填|垃圾答卷"
)
_UNFINISHED = (
    "未完成|未提交|未答完|进行中|進行中|中途退出|incomplete|partial|partially completed|in progress"
)
_STATUS = "status|response type|回收状态|答卷状态|答题状态|答卷类型|状态|完成状态|response status"


def _words(between_bars: str) -> frozenset[str]:
    return frozenset(between_bars.split("|"))


MARKS = (
    Mark(
        f"{_STATUS}|来源|来源详情|答题渠道|渠道|channel|distribution channel|类型",
        "test_answer",
        _words(_PREVIEWS),
    ),
    # as Qualtrics writes them where numbers are asked for instead of words
    Mark(
        "status|response type",
        "test_answer",
        _words("1|2|8|9|12|24|33|34|40|48"),
        beside="responseid|response id|recipientlastname|distributionchannel",
    ),
    Mark(
        "自定义字段|自定义id|自定义参数|贵公司名称|您的姓名|姓名|客户编码|客户名称",
        "test_answer",
        _words(_TESTS),
    ),
    # LimeSurvey keeps what was begun; only what was sent has a day
    Mark(
        "submitdate|date submitted|提交日期|提交时间",
        "unfinished_answer",
        empty=True,
        beside="lastpage|last page|最后一页|最后页面|最后页",
    ),
    Mark(
        "finished|is finished|completed|是否完成|已完成|complete",
        "unfinished_answer",
        _words(f"{_UNFINISHED}|false|0|no|n|否"),
    ),
    Mark(_STATUS, "unfinished_answer", _words(_UNFINISHED)),
    Mark(
        "progress|完成进度|答题进度",
        "unfinished_answer",
        below=100,
        beside="finished|recordeddate|recorded date|responseid|response id",
    ),
)
"""Columns of survey programs that tell previews and tests from answers, and begun from sent."""
