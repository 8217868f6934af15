"""Users, their sign-ins and the throttle (用户与登录)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.access import Role
from models.base import Base, Imported, codes, dated, key, now, ref, text


class AppUser(Base, table=True):
    """A person who may sign in. The password hash exists only here."""

    __tablename__ = "app_user"
    __table_args__ = (
        sa.CheckConstraint("login = lower(login) AND login <> ''", name="login_lower"),
    )

    id: int | None = key()
    login: str = text(64, default=..., unique=True)
    name: str = text(80, default=...)
    role: Role = Field(sa_type=codes(Role, "role"))
    password_hash: str = text(120, default=...)
    active: bool = True
    is_demo: bool = False
    must_change_password: bool = False
    auth_version: int = 1
    """Raised by password change, role change and disabling: ends every older sign-in."""
    language: str | None = text(8, default=None)
    email: str | None = text(120, default=None)
    created_at: datetime = Field(default_factory=now)
    last_sign_in_at: datetime | None = None
    version: int = 1


class UserSession(Base, table=True):
    """One sign-in in one browser. Only the hash of the cookie's token is kept."""

    __tablename__ = "user_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = ref("app_user.id", ondelete="CASCADE")
    auth_version: int
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    last_seen_at: datetime = Field(default_factory=now)
    """Moved by user actions only, never by automatic reruns."""
    revoked_at: datetime | None = None
    browser: str = text(200)


class SignInAttempt(Base, table=True):
    """A try to sign in, kept in the store so that a restart does not forget it."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_login_at", "login", "at"),
        sa.Index("ix_sign_in_attempt_source_at", "source", "at"),
    )

    id: int | None = key()
    login: str = text(64, default=...)
    source: str = text(64, default=...)
    at: datetime = Field(default_factory=now)
    succeeded: bool = False


class OwnerHistory(Base, Imported, table=True):
    """Which manager held a customer since when (客户经理变更).

    `Customer.owner_id` is the newest entry; a customer without entries was always held by
    the manager on its card.
    """

    __tablename__ = "owner_history"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "since"),
        *dated("since"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    owner_id: int | None = ref("app_user.id", nullable=True)
    since: date
    reason: str = text(200)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)
