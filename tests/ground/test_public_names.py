"""The names that notebooks and tests of others rely on: they may be extended, not renamed."""

import importlib
import inspect

import pytest

PUBLIC = {
    "data.read": "name year",
    "municipalities.find": "name_or_code",
    "readers.surveyxact.read_surveyxact": "path",
    "readers.spss.read_spss": "path",
    "readers.stata.read_stata": "path",
    "readers.tabular.read_table": "path",
    "readers.refi_qda.read_refi_qda": "path",
    "estimates.Design": "strata cluster weights population_size",
    "estimates.estimate_mean": "data variable design by",
    "estimates.estimate_total": "data variable design by",
    "estimates.estimate_proportion": "data variable level design by",
    "estimates.estimate_ratio": "data numerator denominator design by",
    "estimates.estimate_quantile": "data variable probability design by",
    "estimates.contrast": "data variable design by first second",
    "estimates.models.logit": "data outcome terms design",
    "estimates.models.ordinal": "data outcome terms design",
    "comparisons.funnel_limits": "baseline n coverage",
    "comparisons.shrink": "estimate n baseline",
    "comparisons.compare_with_rest": "data variable design by",
    "comparisons.fay_herriot": "estimate variance covariates",
    "comparisons.detectable_share": "n baseline alpha power",
    "comparisons.standardise": "data variable design by within",
    "measures.names": "",
    "measures.measure": "name year min_count",
    "measures.ask": "variable level by year where people min_count",
    "views.view": "measure place comparison breakdown year min_count",
    "charts.own": "table draw height_mm place",
    "charts.Figure.but": "self drop highlight",
    "charts.Figure.annotate": "self row text offset_mm",
    "disclosure.protect": "table min_count within",
    "publish.publish": "figure name directory formats width_mm",
}


def public(name: str) -> object:
    """The object under `analysis.` that a dotted name means."""
    owner, *rest = name.split(".")
    found = importlib.import_module(f"analysis.{owner}")
    for part in rest:
        found = getattr(found, part, None) or importlib.import_module(f"{found.__name__}.{part}")
    return found


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_takes_what_it_took(name):
    taken = [one for one in inspect.signature(public(name)).parameters if one in PUBLIC[name].split()]
    assert taken == PUBLIC[name].split()
