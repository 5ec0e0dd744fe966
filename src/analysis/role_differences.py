"""The difference between caseworkers' and leaders' answers to the same question, for the country."""

import numpy as np
import pandas as pd

from analysis.disclosure import ProtectedTable, declare_public
from analysis.distributions import TOTAL

ROLES = ("Sagsbehandler", "Leder")
_REASON = "Forskellen er beregnet af viste tal for hele landet; der er ingen svar i den."


def difference_of_shares(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """The difference of two independent shares with its interval.

    Parameters
    ----------
    first, second : Series
        ``estimate``, ``low`` and ``high`` [0-1] of two samples with nobody in common.

    Returns
    -------
    dict
        ``estimate`` (first less second), ``low`` and ``high`` [-1 to 1].

    References
    ----------
    Newcombe, R. G. (1998), Statistics in Medicine 17(8), 873-890 (the intervals of the two shares combined),
    here with Korn and Graubard's intervals, so that it is honest at 0 and 100 %.

    Examples
    --------
    >>> one = pd.Series({"estimate": 0.5, "low": 0.4, "high": 0.6})
    >>> two = pd.Series({"estimate": 0.3, "low": 0.2, "high": 0.4})
    >>> {name: round(value, 3) for name, value in difference_of_shares(one, two).items()}
    {'estimate': 0.2, 'low': 0.059, 'high': 0.341}
    """
    estimate = first["estimate"] - second["estimate"]
    below = np.hypot(first["estimate"] - first["low"], second["high"] - second["estimate"])
    above = np.hypot(first["high"] - first["estimate"], second["estimate"] - second["low"])
    return {
        "estimate": float(estimate),
        "low": float(max(estimate - below, -1)),
        "high": float(min(estimate + above, 1)),
    }


def role_difference(answers: ProtectedTable) -> ProtectedTable:
    """Caseworkers' share of interest less leaders', from the shown sums of `distributions.answers_by_role`.

    The two roles are samples of their own: no person, and no stratum, is in both.

    Returns
    -------
    ProtectedTable
        One row: place ("Hele landet"), place_level, ``estimate``, ``low``, ``high``, ``n`` (answers of both),
        and ``verdict`` (over, som, under): whether the interval excludes 0. Withheld when a role is.
    """
    sums = answers.frame[answers.frame["level"].eq(TOTAL)].set_index("place")
    first, second = (sums.loc[role] for role in ROLES)
    row = {"place": "Hele landet", "place_level": "country"}
    numbers = dict.fromkeys(("estimate", "low", "high", "n"), np.nan) | {
        "verdict": None,
        "status": "withheld",
    }
    if first["status"] == second["status"] == "shown":
        numbers = {
            **difference_of_shares(first, second),
            "n": int(first["n"] + second["n"]),
            "status": "shown",
        }
        numbers["verdict"] = "over" if numbers["low"] > 0 else "under" if numbers["high"] < 0 else "som"
    return declare_public(pd.DataFrame([row | numbers]), _REASON, answers.synthetic)
