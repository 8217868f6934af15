"""What somebody did, in words (所作改动): for whoever comes second to the same row."""

from __future__ import annotations

from errors import Changed
from words import formats
from words.i18n import _, _c, mark_c
from words.text import md_escape

DEEDS = {
    "customer.keep": mark_c("deed", "note and verification"),
    "customer.due": mark_c("deed", "a change of the card that came due"),
    "alert.confirmed": mark_c("deed", "alert confirmed"),
    "alert.dismissed": mark_c("deed", "alert dismissed"),
    "alert.snoozed": mark_c("deed", "alert put aside"),
    "alert.saved": mark_c("deed", "customer saved"),
    "alert.lost": mark_c("deed", "customer lost"),
    "collection.contact": mark_c("deed", "contact logged"),
    "key_account.override": mark_c("deed", "decision on a key account"),
    "receivables.apply": mark_c("deed", "applied to an invoice"),
    "receivables.take_back": mark_c("deed", "application taken back"),
    "receivables.reverse": mark_c("deed", "bounced or refunded"),
    "receivables.write_off": mark_c("deed", "written off"),
    "receivables.end_write_off": mark_c("deed", "write-off taken back"),
    "receivables.agree": mark_c("deed", "due dates agreed"),
    "setting.change": mark_c("deed", "settings"),
    "supervision.open": mark_c("deed", "task assigned"),
    "supervision.escalate": mark_c("deed", "task escalated"),
    "supervision.reschedule": mark_c("deed", "task rescheduled"),
    "supervision.close": mark_c("deed", "task closed"),
    "user.role": mark_c("deed", "role changed"),
    "user.enable": mark_c("deed", "account enabled"),
    "user.disable": mark_c("deed", "account disabled"),
    "user.reset_password": mark_c("deed", "one-time password given"),
    "user.change_password": mark_c("deed", "password changed"),
    "import.commit": mark_c("deed", "import"),
    "import.undo": mark_c("deed", "import taken back"),
    "refresh": mark_c("deed", "figures computed anew"),
}
"""Code of the audit trail → what was done."""


def words(changed: Changed) -> str:
    """Who did what and when, as one sentence; safe in markdown."""
    what = _c("deed", DEEDS.get(changed.what, changed.what))
    if changed.what.startswith("import.") and "batch" in changed.detail:
        what = f"{what} {changed.detail['batch']}"
    if amount := changed.detail.get("amount"):
        what = f"{what} {formats.money(int(str(amount)))}"
    if changed.at is None:
        return _("Meanwhile: {what}.", what=what)
    return _(
        "{who} changed this on {when}: {what}.",
        who=md_escape(changed.who or _("the command line")),
        when=formats.datetime_local(changed.at),
        what=what,
    )
