"""`manage.py doctor`: is this configuration safe to serve? (自检)."""

from __future__ import annotations

import typer

import settings
from data import audit, selfcheck, store
from jobs.cli.console import complain, say

app = typer.Typer()


@app.command()
def doctor() -> None:
    """Check settings, Streamlit options, store and audit trail; exit code 1 if unsafe."""
    knobs = settings.get()
    engine = store.open_store(knobs.database_url)
    if not selfcheck.migrated(engine):
        complain("store: not the shape this program needs; run: python manage.py migrate")
        raise typer.Exit(1)
    findings = selfcheck.check(knobs, engine, _in_force)
    with store.reading(engine) as session:
        chain = audit.verify(session)
    for finding in findings:
        (complain if finding.refuses else say)(
            f"{'unsafe ' if finding.refuses else 'warning'}  {finding.option}: {finding.words}"
        )
    if chain.broken is not None:
        complain(f"unsafe   audit trail: broken at entry {chain.broken.entry_id}")
    mode = "production" if knobs.production else "development"
    if chain.broken is not None or any(finding.refuses for finding in findings):
        complain(f"Not safe to serve ({mode}).")
        raise typer.Exit(1)
    say(f"Safe to serve ({mode}); {len(findings)} warnings, {chain.entries} audit entries.")


def _in_force(name: str) -> object:
    """Streamlit's option as the server will have it: the upload limit follows our setting."""
    if name == "server.maxUploadSize":
        return settings.get().upload_mb
    return selfcheck.configured(name)
