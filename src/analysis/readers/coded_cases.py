"""Cases of a coded project, and the variables of cases and sources."""

import pandas as pd

from analysis.readers.coded_sources import bare, key

KINDS = {"Boolean": "boolean", "Integer": "Int64", "Float": "Float64", "Date": "date", "DateTime": "date"}
VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
TAKEN = ("guid", "name", "text")


def cases_table(project, project_name) -> pd.DataFrame:
    """One row a case, with its variables."""
    cases = project.findall("{*}Cases/{*}Case")
    rows = [(bare(case.get("guid")), case.get("name") or pd.NA) for case in cases]
    names = pd.DataFrame(rows, columns=["guid", "name"]).astype("string")
    return pd.concat([names, values_table(project, cases, project_name)], axis=1)


def case_sources_table(project, sources, project_name) -> pd.DataFrame:
    """One row a source of a case.

    Raises
    ------
    ValueError
        A case that refers to a source that is not there.
    """
    known = {key(guid): guid for guid in sources["guid"]}
    rows = []
    for case in project.iterfind("{*}Cases/{*}Case"):
        for reference in case.iterfind("{*}SourceRef"):
            guid = key(reference.get("targetGUID"))
            if guid not in known:
                raise ValueError(
                    f"`{project_name}` must hold each source that its cases name, but one of case "
                    f"`{case.get('name', '')}` is not there. Export the project again, sources included."
                )
            rows.append((bare(case.get("guid")), known[guid]))
    return pd.DataFrame(rows, columns=["case", "source"]).astype("string")


def values_table(project, elements, project_name) -> pd.DataFrame:
    """Variables of the given cases or sources: one row an element, a column a variable that any of them has.

    Raises
    ------
    ValueError
        A value of a variable that is not defined, or that is not of its type.
    """
    variables = {
        key(variable.get("guid")): variable for variable in project.iterfind("{*}Variables/{*}Variable")
    }
    values = [values_of(element, variables, project_name) for element in elements]
    used = [guid for guid in variables if any(guid in row for row in values)]
    names = column_names([variables[guid].get("name") or guid for guid in used])
    columns = {
        name: typed([row.get(guid) for row in values], variables[guid].get("typeOfVariable", ""), name)
        for guid, name in zip(used, names, strict=True)
    }
    return pd.DataFrame(columns, index=range(len(elements)))


def column_names(names) -> list[str]:
    """Names of variables as column names: each once, and none that the table has already."""
    found = []
    for name in names:
        unique, number = name, 2
        while unique in (*TAKEN, *found):
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found


def values_of(element, variables, project_name) -> dict[str, str]:
    """Key of the variable -> value as text, for one case or source."""
    values = {}
    for value in element.iterfind("{*}VariableValue"):
        reference = value.find("{*}VariableRef")
        guid = "" if reference is None else key(reference.get("targetGUID"))
        if guid not in variables:
            raise ValueError(
                f"`{project_name}` must define each variable it uses, but one is not there. Export the "
                "project again."
            )
        texts = (value.findtext(f"{{*}}{kind}") for kind in VALUES)
        values[guid] = next((text for text in texts if text), None)
    return values


def typed(values, kind, name) -> pd.Series:
    """Values of one variable, with the type that it is defined with.

    Raises
    ------
    ValueError
        A value that is not of that type.
    """
    text = pd.Series(values, dtype="string")
    as_type = KINDS.get(kind)
    try:
        if as_type == "date":
            return (
                pd.to_datetime(text, format="ISO8601", utc=True).dt.tz_localize(None).astype("datetime64[s]")
            )
        if as_type == "boolean":
            return (
                text.str.lower().map({"true": True, "1": True, "false": False, "0": False}).astype("boolean")
            )
        return text if as_type is None else pd.to_numeric(text).astype(as_type)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"Values of `{name}` must be of type {kind}, but some are not. Export the project again."
        ) from error
