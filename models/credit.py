"""Credit surveys, grades and limits (信用): dated, with method, reason and author."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, whole
from models.enums import CreditGrade, GradeMethod


class CreditSurvey(Base, Imported, table=True):
    """A dated credit survey (信用调查): six C scores and balance-sheet figures."""

    __tablename__ = "credit_survey"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "surveyed_on"),
        *(
            sa.CheckConstraint(f"{name} BETWEEN 0 AND 100", name=f"{name}_range")
            for name in (
                "c_character",
                "c_capacity",
                "c_capital",
                "c_collateral",
                "c_conditions",
                "c_continuity",
            )
        ),
        *dated("surveyed_on"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    surveyed_on: date
    source: str = text(60)
    c_character: float | None = None
    c_capacity: float | None = None
    c_capital: float | None = None
    c_collateral: float | None = None
    c_conditions: float | None = None
    c_continuity: float | None = None
    current_assets: int | None = money(None, nullable=True)
    current_liabilities: int | None = money(None, nullable=True)
    total_assets: int | None = money(None, nullable=True)
    total_liabilities: int | None = money(None, nullable=True)
    annual_sales: int | None = money(None, nullable=True)
    supplier_count: int | None = None
    sued: bool = False
    competitor_share: float | None = None
    note: str = text(1000)


class CreditGradeEntry(Base, Imported, table=True):
    """The grade of a customer from a day on (信用等级)."""

    __tablename__ = "credit_grade"
    __table_args__ = (sa.UniqueConstraint("customer_id", "since"), *dated("since"))

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    since: date
    grade: CreditGrade = Field(sa_type=codes(CreditGrade, "grade", 4))
    method: GradeMethod = Field(default=GradeMethod.IMPORTED, sa_type=codes(GradeMethod, "method"))
    reason: str = text(400)
    decided_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)


class CreditLimit(Base, Imported, table=True):
    """The credit limit of a customer from a day on (信用额度)."""

    __tablename__ = "credit_limit"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "since"),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        *dated("since"),
        *whole("amount"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    since: date
    amount: int = money()
    method: GradeMethod = Field(default=GradeMethod.IMPORTED, sa_type=codes(GradeMethod, "method"))
    reason: str = text(400)
    decided_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)
