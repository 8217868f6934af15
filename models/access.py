"""Who is asking (访问身份): roles, the row scope and the signed-in user."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a user is here for (角色)."""

    EXECUTIVE = "executive"  # 管理层: reads everything
    ACCOUNT_MANAGER = "account_manager"  # 客户经理: works on the customers they own
    CREDIT_CONTROLLER = "credit_controller"  # 信用专员: receivables, grades, limits
    SERVICE = "service"  # 客服: complaints, satisfaction
    ADMINISTRATOR = "administrator"  # 管理员: settings, users, imports


@dataclass(frozen=True, slots=True)
class Scope:
    """Which customers' rows a query may return (数据范围).

    `owner_id` None means all customers; a number means only those this user owns.
    Part of every cache key.
    """

    owner_id: int | None = None


NOBODY = Scope(owner_id=-1)
"""A scope that owns no customer; used by tests and by refused identities."""

EVERYBODY = Scope()


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in user as the store knows them at this very rerun."""

    id: int
    login: str
    name: str
    role: Role
    scope: Scope
    session_key: str
    """Hash of the sign-in; a Streamlit session that began with another one is refused."""
    language: str | None = None
    must_change_password: bool = False


def scope_of(role: Role, user_id: int) -> Scope:
    """The row rule by role: account managers see the customers they own, others all."""
    return Scope(owner_id=user_id) if role is Role.ACCOUNT_MANAGER else EVERYBODY
