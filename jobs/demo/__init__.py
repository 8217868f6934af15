"""The demo company (演示公司): an invented industrial distributor, whole, from one seed.

The same seed and end date always give the same facts. Nothing is dated after the end,
nobody is paid more than was owed, and those who leave warn only as often as real ones do.
"""

from jobs.demo.build import Demo, assemble
from jobs.demo.run import PASSWORD, SEED, accounts, compute, run

__all__ = ["PASSWORD", "SEED", "Demo", "accounts", "assemble", "compute", "run"]
