"""Every message of the source (抽取消息): what `_`, `_n`, `_c`, `mark` and kin are given.

Read from the syntax tree and not by Babel's extractor, which misses calls inside
f-strings on Python 3.11.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.metric import catalogue
from models import policy
from words.vocabulary import WORDS

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {"_", "mark", "translate", "_n"}
IN_CONTEXT = {"_c", "in_context", "mark_c"}


@dataclass(frozen=True)
class Message:
    """One message id, its context, and where it stands."""

    context: str | None
    msgid: str
    where: str


def sources() -> list[Path]:
    """The files whose words a reader may see."""
    files = [ROOT / "app.py", ROOT / "asgi.py"]
    for room in ("pages", "components", "words", "jobs"):
        files += sorted((ROOT / room).rglob("*.py"))
    return [file for file in files if file.exists()]


def in_source() -> Iterator[Message]:
    """The literal messages of the source."""
    for file in sources():
        if file.name == "vocabulary.py":
            continue  # its words are looked up by kind, see `in_tables`
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                where = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield from (Message(*found, where) for found in _given(node))


def in_tables() -> Iterator[Message]:
    """Words of codes, names and formulas of metrics, and what settings are called."""
    for kind, words in WORDS.items():
        yield from (Message(kind, msgid, f"vocabulary {kind}") for msgid in words.values())
    for metric in catalogue():
        yield Message(None, metric.en, f"metric {metric.key}")
        yield Message(None, metric.formula, f"metric {metric.key}")
    for words in sorted(policy.messages()):
        yield Message(None, words, "models/policy.py")


def reasons() -> Iterator[tuple[str, str]]:
    """Codes of faults raised anywhere: (code, where)."""
    for room in ("analytics", "data", "jobs", "models", "pages", "components", "words"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node) in {"Issue", "refuse"}:
                    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "reason")]
                    for value in given:
                        if isinstance(value, ast.Constant) and isinstance(value.value, str):
                            yield value.value, f"{file.relative_to(ROOT)}:{node.lineno}"


def _given(node: ast.Call) -> Iterator[tuple[str | None, str]]:
    name = _name(node)
    texts = [_literal(argument) for argument in node.args]
    if name in PLAIN and texts and texts[0]:
        yield None, texts[0]
    elif name in IN_CONTEXT and len(texts) > 1 and texts[0] and texts[1]:
        yield texts[0], texts[1]


def _name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
