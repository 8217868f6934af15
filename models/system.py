"""Settings, imports, audit and the store's own counters (系统)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, codes, key, now, ref, text
from models.enums import BatchState, SheetKind


class Setting(Base, table=True):
    """One changed threshold in one version (设置); unset keys keep their default."""

    __tablename__ = "setting"

    version: int = Field(primary_key=True, foreign_key="setting_version.version")
    key: str = Field(primary_key=True, max_length=60)
    value: Any = Field(default=None, sa_type=sa.JSON)
    """The whole value from this version on."""


class SettingVersion(Base, table=True):
    """Who changed settings, when and why (设置版本)."""

    __tablename__ = "setting_version"

    version: int = Field(primary_key=True)
    changed_at: datetime = Field(default_factory=now)
    changed_by: int | None = ref("app_user.id", nullable=True, index=False)
    note: str = text(400)


class ImportBatch(Base, table=True):
    """One file brought in (导入批次)."""

    __tablename__ = "import_batch"
    __table_args__ = (sa.Index("ix_import_batch_file_hash_kind", "file_hash", "kind"),)

    id: int | None = key()
    kind: SheetKind = Field(sa_type=codes(SheetKind, "kind"))
    file_name: str = text(255, default=...)
    file_hash: str = text(64, default=...)
    meaning: str = text(64)
    """Hash of the mapping and of the choices that say what its rows mean; '' = not known."""
    file_bytes: int = 0
    encoding: str = text(24)
    state: BatchState = Field(sa_type=codes(BatchState, "state"))
    rows_read: int = 0
    rows_added: int = 0
    rows_updated: int = 0
    rows_same: int = 0
    rows_rejected: int = 0
    seconds: float = 0
    created_at: datetime = Field(default_factory=now)
    created_by: int | None = ref("app_user.id", nullable=True, index=False)
    undone_at: datetime | None = None
    undone_by: int | None = ref("app_user.id", nullable=True, index=False)


class ImportChange(Base, table=True):
    """What an import changed in a row that was already there (更新前后), for undo."""

    __tablename__ = "import_change"
    __table_args__ = (sa.Index("ix_import_change_table_name_row_id", "table_name", "row_id"),)

    id: int | None = key()
    batch_id: int = ref("import_batch.id")
    table_name: str = text(40, default=...)
    row_id: int
    before: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)


class ImportMapping(Base, table=True):
    """Columns as somebody mapped them for a header once (列映射记忆)."""

    __tablename__ = "import_mapping"

    header_hash: str = Field(primary_key=True, max_length=64)
    kind: SheetKind = Field(sa_type=codes(SheetKind, "kind"), primary_key=True)
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    saved_at: datetime = Field(default_factory=now)
    saved_by: int | None = ref("app_user.id", nullable=True, index=False)


class AuditEntry(Base, table=True):
    """Who did what (审计日志), chained by hash so that a changed row shows."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_entity_entity_id", "entity", "entity_id"),
        sa.Index("ix_audit_entry_at", "at"),
    )

    id: int | None = key()
    at: datetime = Field(default_factory=now)
    actor_id: int | None = ref("app_user.id", nullable=True, index=False)
    actor: str = text(80)
    action: str = text(60, default=...)
    entity: str = text(40)
    entity_id: str = text(60)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    previous_hash: str = text(64)
    hash: str = text(64, default=...)


class StoreState(Base, table=True):
    """The store's one row about itself (库状态)."""

    __tablename__ = "store_state"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    revision: int = 0
    """Raised by every writing transaction; part of every cache key."""
    facts_revision: int = 0
    """Raised when facts change that a refresh would read."""
    currency: str = text(3, default="CNY")
    company: str = text(80)
    is_demo: bool = False
    created_at: datetime = Field(default_factory=now)


class JobRun(Base, table=True):
    """A long job and how far it is (后台任务): the lease keeps two from running."""

    __tablename__ = "job_run"
    __table_args__ = (sa.Index("ix_job_run_kind_started_at", "kind", "started_at"),)

    id: int | None = key()
    kind: str = text(24, default=...)
    state: str = text(12, default="running")
    """running, done, failed, stopped."""
    step: str = text(60)
    progress: float = 0
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    error: str = text(400)
    pid: int | None = None
    started_at: datetime = Field(default_factory=now)
    beat_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None
    started_by: int | None = ref("app_user.id", nullable=True, index=False)
