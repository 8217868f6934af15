"""a question says since when it is asked

What a question was first answered in, if that wave begins after the survey's first answered one,
is where it was taken up: earlier waves never asked it. Where that sets a day, figures of dates
computed before no longer hold.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from data.reshape import reshape

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIRST_ANSWERED = """
    SELECT i.id, min(w.starts_on) AS since FROM survey_item i
    JOIN answer a ON a.item_id = i.id JOIN response r ON r.id = a.response_id
    JOIN wave w ON w.id = r.wave_id
    GROUP BY i.id, i.survey_id
    HAVING min(w.starts_on) > (
        SELECT min(o.starts_on) FROM wave o JOIN response p ON p.wave_id = o.id
        WHERE o.survey_id = i.survey_id)
"""


def upgrade():
    connection = op.get_bind()
    reshape(
        connection,
        "survey_item",
        add={"since": "DATE"},
        bind={"ck_survey_item_since_range": "CHECK (since BETWEEN '1990-01-01' AND '2099-12-31')"},
    )
    taken_up = [row._asdict() for row in connection.execute(sa.text(FIRST_ANSWERED))]
    if taken_up:
        connection.execute(
            sa.text("UPDATE survey_item SET since = :since WHERE id = :id"), taken_up
        )
        op.execute(
            "UPDATE store_state SET facts_revision = facts_revision + 1, revision = revision + 1"
        )


def downgrade():
    reshape(op.get_bind(), "survey_item", drop=["since"], unbind=["ck_survey_item_since_range"])
