"""``python -m rerun.audit [reports] [--known folder]``: attack everything that leaves, and say what gave way.

The attacker reads what was released (not what made it), takes what is out already as known, and is granted public
staff counts and the weights of what is shown. It was written without having read `analysis.disclosure`.

Exit code 0 when nothing gave way, 1 when something did, 2 when there is nothing to attack.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import data, files
from analysis.readers.personal import NOT_LOOKED_FOR
from rerun.audit.attack import COALITION, FINDINGS, VALUES, attack
from rerun.audit.drawn import finer_than_shown
from rerun.audit.editions import differences
from rerun.audit.granted import Granted, of_this_project
from rerun.audit.loss import Loss, loss
from rerun.audit.released import merge, read_figures, told_of_cells
from rerun.audit.texts import find_leaks

_LINES = 40  # of one kind of finding, before the rest is only counted


@dataclass(frozen=True)
class Audit:
    """What an audit looked at and found.

    Attributes
    ----------
    reports, files, quantities, cells, withheld : int
        Number of reports, exported files, quantities, different groups, and withheld ones among them.
    findings : DataFrame
        One row a finding: kind, quantity, cell, detail.
    intervals : DataFrame
        One row a withheld count: quantity, key, least, most.
    loss : Loss or None
        Where the data of the release is that of this project.
    """

    reports: int
    files: int
    quantities: int
    cells: int
    withheld: int
    findings: pd.DataFrame
    intervals: pd.DataFrame
    loss: Loss | None = None

    def __str__(self):
        seen = (
            f"{self.reports} reports, {self.files} files, {self.quantities} quantities, {self.cells} groups,"
            f" {self.withheld} of them withheld."
        )
        price = [] if self.loss is None else [str(self.loss)]
        if self.findings.empty:
            return "\n".join([seen, *price, "The attacker pinned nothing.", NOT_LOOKED_FOR])
        lines = [f"The attacker found {len(self.findings)} weaknesses:"]
        for kind, rows in self.findings.groupby("kind", sort=False):
            lines += [
                f"  {kind}: {row.quantity} [{row.cell}] {row.detail}" for row in rows[:_LINES].itertuples()
            ]
            if len(rows) > _LINES:
                lines.append(f"  {kind}: {len(rows) - _LINES} more")
        return "\n".join([seen, *price, *lines, NOT_LOOKED_FOR])


def audit(
    reports: Path,
    known: Sequence[Path] = (),
    *,
    granted: Granted | None = None,
    values: int = VALUES,
    coalition: int = COALITION,
) -> Audit:
    """Collect all that leaves, put it together over places and editions, and attack it.

    Parameters
    ----------
    reports : Path
        Folder with a folder a place.
    known : sequence of Path
        What is out already: earlier editions or waves, figures saved from the explorer.
    granted : Granted, optional
        What the attacker knows besides; by default what this project's data tells of the public.
    values : int
        Possible values that each withheld count must keep.
    coalition : int
        Respondents who join what they know of themselves.

    Raises
    ------
    FileNotFoundError
        If there are no figures.
    ValueError
        If a file's rows aren't those of its record.
    """
    figures = read_figures(reports)
    for folder in known:
        figures += [figure | {"name": f"known: {figure['name']}"} for figure in read_figures(folder)]
    told = told_of_cells(figures)
    cells, findings = merge(told)
    finer, sharp = finer_than_shown(figures)
    findings += finer
    mine = of_this_project() if granted is None else granted
    intervals, price = [], None
    for edition, rows in cells.groupby("edition", sort=True):
        own = mine if granted is not None or _is_this_data(edition) else None
        of_edition = {key[1:]: value for key, value in sharp.items() if key[0] == edition}
        found, table = attack(rows, of_edition, own, values=values, coalition=coalition)
        findings += found
        intervals.append(table)
        price = loss(rows, own, coalition) if own is not None else price
    findings += differences(cells, sharp, coalition)
    findings += [("leak", file, "", leak) for file, leak in find_leaks(reports)]
    return Audit(
        reports=told["file"].str.split("/").str[0].nunique(),
        files=told["file"].nunique(),
        quantities=cells["quantity"].nunique(),
        cells=len(cells),
        withheld=int(cells["status"].eq("withheld").sum()),
        findings=pd.DataFrame(findings, columns=FINDINGS),
        intervals=pd.concat(intervals, ignore_index=True),
        loss=price,
    )


def _is_this_data(edition: str) -> bool:
    try:
        return bool(edition) and data.digest().startswith(edition)
    except FileNotFoundError:
        return False


def main(words: list[str] | None = None) -> int:
    """Answer a command line."""
    parser = argparse.ArgumentParser(prog="audit", description="Attack everything that leaves.")
    parser.add_argument("reports", nargs="?", type=Path, help="folder of reports; reports/ by default")
    parser.add_argument("--known", nargs="*", default=[], type=Path, help="folders with what is out already")
    parser.add_argument(
        "--values", type=int, default=VALUES, help="possible values that a withheld count keeps"
    )
    parser.add_argument(
        "--coalition", type=int, default=COALITION, help="respondents who join what they know"
    )
    given = parser.parse_args(sys.argv[1:] if words is None else words)
    try:
        result = audit(
            given.reports or files.reports(), given.known, values=given.values, coalition=given.coalition
        )
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(result)
    return 1 if len(result.findings) else 0


if __name__ == "__main__":
    sys.exit(main())
