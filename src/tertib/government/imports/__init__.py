"""Units, posts and people from CSV and XLSX files: all of them right, or nothing.

`read` a file, `plan` what all files together would change, `apply` it. Only `apply` writes.
"""

from tertib.government.imports.apply import apply
from tertib.government.imports.plan import plan
from tertib.government.imports.planned import Counts, Plan
from tertib.government.imports.read import read, read_all
from tertib.government.imports.tables import KINDS, Table
from tertib.government.imports.template import template

__all__ = ["KINDS", "Counts", "Plan", "Table", "apply", "plan", "read", "read_all", "template"]
