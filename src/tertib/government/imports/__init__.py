"""Units, posts and people from CSV and XLSX files: all of them right, or nothing.

`read` a file, `plan` what all files together would change, `check_reach` whether
that is theirs to change who import, `apply` it. Only `apply` writes.
"""

from tertib.government.imports.planned import Counts, Plan
from tertib.government.imports.planning import plan
from tertib.government.imports.reach import check_reach
from tertib.government.imports.reading import read, read_all
from tertib.government.imports.tables import KINDS, Table
from tertib.government.imports.templates import template
from tertib.government.imports.writing import apply

__all__ = ["KINDS", "Counts", "Plan", "Table", "apply", "check_reach", "plan", "read", "read_all", "template"]
