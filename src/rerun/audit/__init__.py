"""``python -m rerun.audit [reports]``: attack everything that the reports show, and say what gave way.

Exit code 0 when nothing did, 1 when something did, 2 when there is nothing to attack.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import files as paths
from rerun.audit.attack import FINDINGS, attack, merge_cells
from rerun.audit.exported import read_exported
from rerun.audit.leaks import find_leaks


@dataclass(frozen=True)
class Audit:
    """What an audit looked at and found.

    Attributes
    ----------
    reports, files, quantities, cells, withheld : int
        Number of reports, exported files, quantities, different groups, and withheld ones among them.
    findings : DataFrame
        One row a finding: kind, quantity, cell, detail.
    """

    reports: int
    files: int
    quantities: int
    cells: int
    withheld: int
    findings: pd.DataFrame

    def __str__(self):
        seen = (
            f"{self.reports} reports, {self.files} files, {self.quantities} quantities, {self.cells} groups,"
            f" {self.withheld} of them withheld."
        )
        if self.findings.empty:
            return f"{seen}\nThe attacker pinned nothing."
        lines = [
            f"  {row.kind}: {row.quantity} [{row.cell}] {row.detail}" for row in self.findings.itertuples()
        ]
        return "\n".join([seen, f"The attacker found {len(lines)} weaknesses:", *lines])


def audit(reports: Path) -> Audit:
    """Collect every number exported, reconcile it over all places, and attack it.

    Parameters
    ----------
    reports : Path
        Folder with a folder a place.

    Returns
    -------
    Audit

    Raises
    ------
    FileNotFoundError
        If there are no figures.
    """
    exported = read_exported(reports)
    cells, findings = merge_cells(exported)
    findings += attack(cells)
    findings += [("leak", file, "", leak) for file, leak in find_leaks(reports)]
    return Audit(
        reports=exported["file"].str.split("/").str[0].nunique(),
        files=exported["file"].nunique(),
        quantities=cells["quantity"].nunique(),
        cells=len(cells),
        withheld=int(cells["status"].eq("withheld").sum()),
        findings=pd.DataFrame(findings, columns=FINDINGS),
    )


def main(words: list[str] | None = None) -> int:
    """Answer a command line."""
    given = sys.argv[1:] if words is None else words
    try:
        result = audit(Path(given[0]) if given else paths.reports())
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(result)
    return 1 if len(result.findings) else 0
