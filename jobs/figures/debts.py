"""Receivables figures (应收口径): ageing, unallocated money, 回款率, limits and grades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ageing import CustomerAgeing, ageing_by_customer, bucket_of
from analytics.checks import ratio
from analytics.credit import NOT_RATED, CreditGrades, GradeCap, credit_grades
from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import Codes, Days, Flags, Floats, Ints, Rows, days_of
from jobs.figures.trade import whole_numbers
from models.policy import Policy
from models.snapshots import BUCKETS


@dataclass(frozen=True, eq=False)
class Debts:
    """What customers owe, shape (n,) each; money in minor units."""

    ageing: CustomerAgeing
    unallocated: Ints
    due_amount: Ints
    due_received: Ints
    month_due: Ints
    month_received: Ints
    invoiced: Ints
    days_late: Floats
    last_receipt: Days
    limit: Ints
    has_limit: Flags
    limit_since: Days
    grade: Codes
    """"" = not rated."""
    advised: CreditGrades
    invoices: dict[str, Column]
    """The columns of `SnapshotInvoice`, but the date."""

    def columns(self) -> dict[str, Column]:
        """The columns of `Snapshot` made here."""
        buckets = np.zeros((len(self.unallocated), BUCKETS), dtype=np.int64)
        buckets[:, : self.ageing.amounts.shape[1]] = self.ageing.amounts
        advised = self.advised.grade
        return {
            "outstanding": Column(self.ageing.total),
            "unallocated": Column(self.unallocated),
            "overdue": Column(self.ageing.overdue),
            **{f"b{k}": Column(np.ascontiguousarray(buckets[:, k])) for k in range(BUCKETS)},
            "oldest_days": whole_numbers(self.ageing.oldest_days),
            "due_amount": Column(self.due_amount),
            "due_received": Column(self.due_received),
            "invoiced": Column(self.invoiced),
            "days_late": Column(self.days_late),
            "last_receipt": Column(self.last_receipt),
            "credit_limit": Column(self.limit, ~self.has_limit),
            "limit_since": Column(self.limit_since),
            "grade": Column(self.grade, self.grade == ""),
            "advised_grade": Column(advised, advised == NOT_RATED),
        }


def debts(rows: Rows, facts: Facts, policy: Policy) -> Debts:
    """Run the receivables methods over all customers.

    What fell due is less the credit notes applied to it: 回款率 asks for the money that was
    really owed. What was written off stays in it, for nobody paid it. Of an invoice in
    instalments each counts by its own due date in force.
    """
    settled = facts.settled
    # in the order of the table's key, so that rows are only ever appended to it
    placed = rows.of(facts.open_invoices.sort_values(["customer_id", "invoice_id", "position"]))
    still, who = placed.frame, placed.at
    outstanding = still["outstanding"].to_numpy()
    overdue_days = (rows.today - days_of(still["due_on"])).astype(np.int64)
    edges = policy.ageing_edges
    aged = ageing_by_customer(who, outstanding, overdue_days, customers=len(rows), edges=edges)
    due = rows.ints(facts.due, "due") - rows.ints(settled, "due_credited")
    received = rows.ints(settled, "due_received")
    advised = credit_grades(
        received,
        due,
        rows.ints(facts.due, "due_count"),
        limits=policy.grade_cuts,
        min_invoices=policy.grade_min_invoices,
        caps=[GradeCap("sued", rows.flags(facts.sued), "C")],
    )
    grade = np.full(len(rows), "", dtype="<U4")
    graded = rows.of(facts.grades)
    grade[graded.at] = graded.frame["grade"].to_numpy(dtype="<U4")
    return Debts(
        ageing=aged,
        unallocated=rows.ints(facts.received, "received_total")
        + rows.ints(facts.credited, "credited_total")
        - rows.ints(facts.paid_out, "applied", key="payer_id"),
        due_amount=due,
        due_received=received,
        month_due=rows.ints(facts.due, "due_month") - rows.ints(settled, "month_credited"),
        month_received=rows.ints(settled, "month_received"),
        invoiced=rows.ints(facts.invoiced, "invoiced"),
        days_late=ratio(rows.ints(settled, "late"), rows.ints(settled, "late_base")),
        last_receipt=rows.days(facts.received, "last_receipt"),
        limit=rows.ints(facts.limits, "amount"),
        has_limit=rows.flags(facts.limits),
        limit_since=rows.days(facts.limits, "since"),
        grade=grade,
        advised=advised,
        invoices={
            "invoice_id": Column(still["invoice_id"].to_numpy()),
            "customer_id": Column(still["customer_id"].to_numpy()),
            "position": Column(still["position"].to_numpy()),
            "due_on": Column(days_of(still["due_on"])),
            "amount": Column(still["amount"].to_numpy()),
            "outstanding": Column(outstanding),
            "overdue_days": Column(overdue_days),
            "invoice_age": Column((rows.today - days_of(still["invoiced_on"])).astype(np.int64)),
            "bucket": Column(bucket_of(overdue_days, edges=edges)),
        },
    )
