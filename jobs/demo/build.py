"""Put the demo company together (演示装配): every table, in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.samples import words
from jobs.demo import (
    collection,
    credit,
    customers,
    invoices,
    loss,
    orders,
    products,
    profiles,
    receipts,
    service,
    voice,
)
from jobs.demo.world import Rows, World


@dataclass(frozen=True, eq=False)
class Demo:
    """The whole company: table name → rows with their ids."""

    world: World
    company: str
    tables: dict[str, Rows]

    def fingerprint(self) -> str:
        """SHA-256 over every row: equal for equal seed, end date and user ids."""
        content = json.dumps(self.tables, sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def assemble(seed: int, end: date, users: Mapping[str, int]) -> Demo:
    """Make every fact of the company.

    Args:
        seed: of all random numbers.
        end: nothing is dated after it.
        users: login → id of the demo accounts, the leaver's among them.
    """
    world = World(seed, end, users)
    people = profiles.draw(world)
    customer, contact, owner_history = customers.build(world, people)
    product, catalogue = products.build()
    trade = orders.build(world, people, catalogue)
    bills = invoices.build(world, people, trade)
    ledger = receipts.build(world, people, trade, bills)
    rated = credit.build(world, people, bills)
    said = voice.build(world, people, contact)
    complaint = service.complaints(world, people, trade, catalogue)
    story = loss.Story(trade, bills, complaint, said)
    tables = {
        "customer": customer,
        "contact": contact,
        "owner_history": owner_history,
        "product": product,
        "sales_order": trade.orders,
        "order_line": trade.lines,
        "stock_count": products.stock_counts(world, customer, product, trade.sold),
        "invoice": [b.row() for own in bills.values() for b in own],
        "receipt": ledger.receipts,
        "credit_note": ledger.notes,
        "allocation": ledger.allocations,
        "collection_action": collection.build(world, people, bills, contact),
        "credit_survey": rated.surveys,
        "credit_grade": rated.grades,
        "credit_limit": rated.limits,
        "scale": said.scales,
        "survey": said.surveys,
        "survey_item": said.items,
        "wave": said.waves,
        "response": said.responses,
        "answer": said.answers,
        "complaint": complaint,
        "visit": service.visits(world, people, contact, catalogue),
        "contract": service.contracts(world, people, contact, catalogue),
        "acquisition_cost": loss.acquisition(world),
        "loss_event": loss.events(world, people, trade.lines, trade),
        "supervision_item": loss.supervision(world, people, story),
        "key_account_override": loss.overrides(world, people),
    }
    return Demo(world, words.read("names")["company"], tables)
