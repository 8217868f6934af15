"""All tables in one import (全部表), so that `Base.metadata` is complete."""

from models import (
    credit,
    customers,
    loss,
    people,
    receivables,
    sales,
    service,
    snapshots,
    surveys,
    system,
)
from models.base import Base

__all__ = [
    "Base",
    "credit",
    "customers",
    "loss",
    "people",
    "receivables",
    "sales",
    "service",
    "snapshots",
    "surveys",
    "system",
]

metadata = Base.metadata
