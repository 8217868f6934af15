"""The map of screens (菜单): one table for the menu, the gate and the links between pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.access import Role
from words.i18n import mark_c

ROOT = Path(__file__).resolve().parent.parent

EVERYBODY = frozenset(Role)
_OFFICE = EVERYBODY - {Role.EXECUTIVE}


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: `title` is a message id of the context "menu".

    `roles` may open it, `editors` may also change things on it.
    """

    key: str
    section: str
    icon: str
    url_path: str
    file: str
    title: str
    roles: frozenset[Role] = EVERYBODY
    editors: frozenset[Role] = EVERYBODY
    hidden: bool = False

    @property
    def path(self) -> Path:
        """The page's file."""
        return ROOT / self.file


SECTIONS = {
    "cockpit": mark_c("menu", "Cockpit"),
    "customers": mark_c("menu", "Customers"),
    "risks": mark_c("menu", "Risks"),
    "office": mark_c("menu", "Administration"),
}

_TABLE = (
    Screen(
        "overview",
        "cockpit",
        ":material/space_dashboard:",
        "overview",
        "pages/overview/home.py",
        mark_c("menu", "Overview"),
    ),
    Screen(
        "pyramid",
        "customers",
        ":material/change_history:",
        "pyramid",
        "pages/customers/pyramid.py",
        mark_c("menu", "Customer pyramid"),
    ),
    Screen(
        "key_accounts",
        "customers",
        ":material/workspace_premium:",
        "key-accounts",
        "pages/customers/key_accounts.py",
        mark_c("menu", "Key accounts"),
    ),
    Screen(
        "satisfaction",
        "customers",
        ":material/sentiment_satisfied:",
        "satisfaction",
        "pages/voice/satisfaction.py",
        mark_c("menu", "Satisfaction"),
    ),
    Screen(
        "customer",
        "customers",
        ":material/badge:",
        "customer",
        "pages/customers/card.py",
        mark_c("menu", "Customer card"),
        hidden=True,
    ),
    Screen(
        "receivables",
        "risks",
        ":material/receipt_long:",
        "receivables",
        "pages/money/receivables.py",
        mark_c("menu", "Overdue receivables"),
        roles=EVERYBODY - {Role.SERVICE},
    ),
    Screen(
        "loss_alerts",
        "risks",
        ":material/trending_down:",
        "loss-alerts",
        "pages/risk/loss_alerts.py",
        mark_c("menu", "Loss alerts"),
    ),
    Screen(
        "imports",
        "office",
        ":material/upload_file:",
        "import",
        "pages/data/imports.py",
        mark_c("menu", "Import data"),
        roles=_OFFICE,
        editors=_OFFICE,
    ),
    Screen(
        "settings",
        "office",
        ":material/tune:",
        "settings",
        "pages/admin/settings.py",
        mark_c("menu", "Settings"),
        roles=frozenset({Role.ADMINISTRATOR, Role.EXECUTIVE, Role.CREDIT_CONTROLLER}),
        editors=frozenset({Role.ADMINISTRATOR}),
    ),
    Screen(
        "users",
        "office",
        ":material/group:",
        "users",
        "pages/admin/users.py",
        mark_c("menu", "Users"),
        roles=frozenset({Role.ADMINISTRATOR}),
        editors=frozenset({Role.ADMINISTRATOR}),
    ),
    Screen(
        "account",
        "office",
        ":material/account_circle:",
        "account",
        "pages/admin/account.py",
        mark_c("menu", "My account"),
        hidden=True,
    ),
)

SCREENS: dict[str, Screen] = {screen.key: screen for screen in _TABLE}
HOME = "overview"


def may_open(key: str, role: Role) -> bool:
    """Whether this role may open the screen."""
    return role in SCREENS[key].roles


def may_edit(key: str, role: Role) -> bool:
    """Whether this role may change things on the screen."""
    return role in SCREENS[key].roles & SCREENS[key].editors


def screens_for(role: Role) -> Iterator[Screen]:
    """The screens a role may open, in menu order, hidden ones too."""
    return (screen for screen in _TABLE if role in screen.roles)
