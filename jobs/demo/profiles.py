"""What each invented customer is like (客户画像): size, rhythm, life course, habits.

A profile is the hidden truth the facts are made from. It is never stored: the program has
to find it out from dated events, as with real customers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from jobs.demo.world import Floats, World, pick

PROSPECTS = 16
ONE_OFFS = 14
CUSTOMERS = 400
YEARLY_SALES = 420_000_000
"""Sales of a year in yuan the company is built around."""
SPREAD = 1.55
"""Sigma of the log-normal sizes: the largest fifth has about four fifths of sales."""
GAPS = (7, 10, 14, 21, 30, 45, 60, 90, 120, 180)
LEAVER = "m09"
"""The account manager who left, and took customers along."""
LEFT_DAYS_AGO = 155
MANAGERS = tuple(f"m{i:02d}" for i in range(1, 9))


class Course(StrEnum):
    """Life courses."""

    STEADY = "steady"
    GROWING = "growing"
    DECLINING = "declining"
    LOST = "lost"
    DIP = "dip"
    ONE_OFF = "one_off"
    PROSPECT = "prospect"


class Payer(StrEnum):
    """Paying habits."""

    PROMPT = "prompt"
    ORDINARY = "ordinary"
    SLOW = "slow"
    BAD = "bad"


LARGE_PAYERS = tuple(
    {"p": Payer.PROMPT, "o": Payer.ORDINARY, "s": Payer.SLOW, "b": Payer.BAD}[sign]
    for sign in "popppopopppsoppoppopopppopopppopbpppsopopps"
)
"""Habits of the largest, by size: dealt, not drawn, so that no seed ruins the company."""


@dataclass
class Profile:
    """One customer; days are ordinals, money is yuan until it is stored."""

    id: int
    yearly: float
    """Sales of a year at the start of the relationship, yuan."""
    gap: float
    """Usual days between orders."""
    course: Course = Course.STEADY
    growth: float = 0.04
    opens: int = 0
    stops: int | None = None
    """The day after which nothing is ordered any more."""
    returns: int | None = None
    """Won back: ordering again from this day."""
    turns: int | None = None
    """From here a decline, a dip or the signs before leaving show."""
    dip_days: int = 0
    payer: Payer = Payer.PROMPT
    terms: int = 30
    discount: float = 0.05
    mood: float = 0.76
    """Satisfaction 0–1 in good times."""
    slows: bool = False
    """Pays later and later since `turns`."""
    owner: str = ""
    past_owners: list[tuple[str, int]] = field(default_factory=list)
    """(login, since) in order; the last is the present owner."""
    basket: tuple[float, ...] = ()
    bad_debt: bool = False

    @property
    def orders(self) -> bool:
        """Whether this customer ever ordered."""
        return self.course is not Course.PROSPECT

    def owner_on(self, day: int) -> str:
        """Login of the manager on a day."""
        held = [login for login, since in self.past_owners if since <= day]
        return held[-1] if held else self.past_owners[0][0]

    def warning(self, day: int) -> float:
        """How far trouble has come by a day, 0 none to 1 full."""
        if self.turns is None or day < self.turns:
            return 0.0
        if self.course is Course.DIP and day > self.turns + self.dip_days:
            return max(0.0, 1 - (day - self.turns - self.dip_days) / 90)
        return min(1.0, (day - self.turns) / 120)

    def level(self, world: World) -> Floats:
        """Demand on each day of the period, 1 at the beginning, 0 when not buying."""
        days = np.arange(world.first, world.last + 1)
        level = (1 + self.growth) ** ((days - world.first) / 365)
        if self.turns is not None:
            since = np.clip((days - self.turns) / 150, 0, 1)
            fall = 0.68 if self.course in (Course.LOST, Course.DIP) else 0.55
            level = level * (1 - fall * since)
            if self.course is Course.DIP:
                over = days > self.turns + self.dip_days
                level = np.where(over, (1 + self.growth) ** ((days - world.first) / 365), level)
        level = np.where(days < self.opens, 0.0, level)
        if self.stops is not None:
            gone = days > self.stops
            if self.returns is not None:
                gone &= days < self.returns
                level = np.where(days >= self.returns, level * 0.6 + 0.2, level)
            level = np.where(gone, 0.0, level)
        return np.asarray(level, dtype=float)


def draw(world: World) -> list[Profile]:
    """All customers, the largest first; ids follow the order of joining the company."""
    rng = world.rng("profiles")
    sizes = _sizes(rng, CUSTOMERS - PROSPECTS - ONE_OFFS)
    profiles = [Profile(0, size, _gap(rng, size)) for size in sizes]
    for rank, profile in enumerate(profiles):
        profile.discount = _discount(rng, rank)
        profile.terms = _terms(rng, profile.yearly)
        profile.payer = _payer(rng, rank)
        profile.mood = float(np.clip(rng.normal(0.775, 0.085), 0.42, 0.97))
        profile.growth = float(np.clip(rng.normal(0.05, 0.10), -0.15, 0.35))
        profile.opens = world.first - int(rng.integers(60, 3000))
    _courses(world, rng, profiles)
    profiles += [
        Profile(
            0,
            float(rng.uniform(8e3, 9e4)),
            120.0,
            Course.ONE_OFF,
            opens=world.first + int(rng.integers(0, world.days - 40)),
            terms=int(pick(rng, [0, 30])),
            mood=0.7,
        )
        for _ in range(ONE_OFFS)
    ]
    profiles += [
        Profile(0, 0.0, 60.0, Course.PROSPECT, opens=world.last - int(rng.integers(10, 300)))
        for _ in range(PROSPECTS)
    ]
    for number, place in enumerate(rng.permutation(len(profiles)), start=1):
        profiles[place].id = number
    _owners(world, rng, profiles)
    return profiles


def _sizes(rng: np.random.Generator, n: int) -> list[float]:
    places = (np.arange(n, 0, -1) - 0.5 + rng.uniform(-0.3, 0.3, n)) / n
    sizes = np.exp(SPREAD * ndtri(np.clip(places, 1e-4, 0.9952)))
    return [float(x) for x in np.sort(sizes)[::-1] * (YEARLY_SALES / sizes.sum())]


def _gap(rng: np.random.Generator, yearly: float) -> float:
    """Large customers order often, small ones seldom; some large ones seldom too."""
    place = np.interp(
        np.log10(yearly), [4.3, 5.0, 5.6, 6.2, 7.0, 7.6], [7.3, 6.3, 4.9, 3.3, 1.4, 0]
    )
    step = int(np.clip(round(place + rng.normal(0, 1.1)), 0, len(GAPS) - 1))
    return GAPS[step] * float(rng.uniform(0.9, 1.1))


def _discount(rng: np.random.Generator, rank: int) -> float:
    """Off the list price; a few of the largest buy at, or below, what the goods cost."""
    if rank in (5, 17):
        return float(rng.uniform(0.34, 0.37))
    if rank in (2, 9, 14, 26, 31):
        return float(rng.uniform(0.255, 0.285))
    base = np.interp(rank, [0, 10, 40, 120, 400], [0.205, 0.185, 0.15, 0.105, 0.06])
    return float(np.clip(base + rng.normal(0, 0.025), 0.0, 0.24))


def _terms(rng: np.random.Generator, yearly: float) -> int:
    weights = (0, 12, 50, 38) if yearly > 3e6 else (8, 46, 34, 12)
    return int(pick(rng, [0, 30, 60, 90], weights))


def _payer(rng: np.random.Generator, rank: int) -> Payer:
    if rank < len(LARGE_PAYERS):
        return LARGE_PAYERS[rank]
    return pick(rng, list(Payer), (50, 31, 14, 5))


def _courses(world: World, rng: np.random.Generator, profiles: list[Profile]) -> None:
    """Deal out life courses; the very largest stay, as the company still exists."""
    order = [profiles[i] for i in 6 + rng.permutation(len(profiles) - 6)]
    deal = iter(order)
    for place in range(54):
        _leave(world, rng, next(deal), place)
    for place in range(36):
        _dip(world, rng, next(deal), place)
    for place in range(26):
        profile = next(deal)
        profile.course, profile.growth = Course.DECLINING, float(rng.uniform(-0.06, 0.02))
        ago = rng.integers(45, 140) if place < 13 else rng.integers(110, 700)
        profile.turns = world.last - int(ago)
        profile.slows = bool(rng.random() < 0.4)
    for _ in range(40):
        profile = next(deal)
        profile.course, profile.growth = Course.GROWING, float(rng.uniform(0.18, 0.55))
    for _ in range(52):  # joined within the period
        profile = next(deal)
        profile.opens = world.first + int(rng.integers(20, world.days - 60))


def _leave(world: World, rng: np.random.Generator, profile: Profile, place: int) -> None:
    """Stop buying; barely more than half of them show it first."""
    profile.course = Course.LOST
    recent = place < 16
    ago = rng.integers(150, world.days - 200)
    if recent:  # most have been silent for longer than is their habit
        silent = profile.gap * rng.uniform(1.2, 5)
        ago = np.int64(np.clip(silent, 25, 200))
    profile.stops = world.last - int(ago)
    profile.opens = min(profile.opens, profile.stops - 260)
    if rng.random() < 0.55:
        profile.turns = profile.stops - int(rng.integers(90, 240))
        profile.slows = bool(rng.random() < 0.45)
    if not recent and rng.random() < 0.4:
        profile.returns = profile.stops + int(rng.integers(150, 380))
        if profile.returns > world.last - 40:
            profile.returns = None
    if profile.returns is None and rng.random() < 0.22:
        profile.bad_debt = True
        profile.payer = Payer.BAD


def _dip(world: World, rng: np.random.Generator, profile: Profile, place: int) -> None:
    """Show every sign of leaving, and stay."""
    profile.course = Course.DIP
    profile.dip_days = int(rng.integers(90, 200))
    ago = rng.integers(50, 150) if place < 14 else rng.integers(200, world.days - 120)
    profile.turns = world.last - int(ago)


def _owners(world: World, rng: np.random.Generator, profiles: list[Profile]) -> None:
    """Give every customer a manager; those of the one who left were shared out."""
    left = world.last - LEFT_DAYS_AGO
    for profile in profiles:
        first = max(profile.opens, world.first - 900)
        owner = pick(rng, MANAGERS, (15, 14, 13, 13, 12, 12, 11, 10))
        profile.past_owners = [(owner, first)]
        if profile.orders and rng.random() < 0.10 and first < left - 60:
            profile.past_owners = [(LEAVER, first), (owner, left)]
            if profile.course is Course.LOST and rng.random() < 0.8:
                profile.stops, profile.returns = left + int(rng.integers(5, 60)), None
                profile.turns = None
        elif rng.random() < 0.12 and first < world.last - 500:
            before = pick(rng, [m for m in MANAGERS if m != owner])
            moved = int(rng.integers(max(first, world.first) + 30, world.last - 200))
            profile.past_owners = [(before, first), (owner, moved)]
        profile.owner = profile.past_owners[-1][0]
