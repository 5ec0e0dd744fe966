"""What an estimate would be if those who did not answer were unlike those who did: no interval covers this error."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# How much lower the silent are supposed to lie: 10 points of a share, 10 % of a mean.
LOWER = 0.10


def sensitivity(estimate: ArrayLike, responding: ArrayLike, *, is_share: bool) -> pd.DataFrame:
    """Give an estimate's value if the silent lay lower, and its bounds whatever they are.

    Parameters
    ----------
    estimate : array-like
        Shares [0-1], or means, of those who answered.
    responding : array-like
        Share [0-1] of the population that answered.
    is_share : bool
        Shares are lowered by `LOWER` (not under 0) and have bounds; means by that part of themselves, and have none.

    Returns
    -------
    DataFrame
        ``if_lower``, ``bound_low``, ``bound_high`` (all of the silent say no, or yes; NaN for means).

    References
    ----------
    Manski, C. F. (2016), Journal of the Royal Statistical Society A 179(2), 317-331: bounds without assumptions.

    Examples
    --------
    >>> sensitivity([0.55], [0.6], is_share=True).round(2).iloc[0].tolist()
    [0.51, 0.33, 0.73]
    """
    estimate, responding = np.asarray(estimate, dtype=float), np.asarray(responding, dtype=float)
    silent = 1 - responding
    of_silent = np.clip(estimate - LOWER, 0, None) if is_share else estimate * (1 - LOWER)
    low = responding * estimate if is_share else np.full(estimate.shape, np.nan)
    return pd.DataFrame(
        {
            "if_lower": responding * estimate + silent * of_silent,
            "bound_low": low,
            "bound_high": low + silent,
        }
    )
