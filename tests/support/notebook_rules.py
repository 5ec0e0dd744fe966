"""What a notebook of the collection must look like: each rule gives the complaints of one notebook."""

import ast
import re

CODE_CELLS, LINES = 14, 10
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.Try,
    ast.For,
    ast.While,
    ast.With,
)
FORBIDDEN_CALLS = {
    "read_csv",
    "read_parquet",
    "read_excel",
    "rename",
    "head",
    "tail",
    "sample",
    "filterwarnings",
    "simplefilter",
    "catch_warnings",
    "display",
    "print",
}
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b|\bcolou?r\s*=|\bpalette\s*=|\bcmap\s*=")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_parameters(cell):
    return "parameters" in cell.metadata.get("tags", [])


def size(notebook):
    cells = code_cells(notebook)
    if len(cells) > CODE_CELLS:
        yield f"{len(cells)} code cells, at most {CODE_CELLS}"
    for number, cell in enumerate(cells, start=1):
        lines = len(cell.source.splitlines())
        if lines > LINES:
            yield f"code cell {number} has {lines} lines, at most {LINES}"


def order(notebook):
    cells = notebook.cells
    if not (cells[0].cell_type == "markdown" and re.match(r"# \S.*\n\n\S", cells[0].source)):
        yield "the first cell must be a title and a question"
    if not _is_parameters(cells[1]):
        yield "the second cell must be tagged parameters"
    statements = ast.parse(cells[2].source).body if cells[2].cell_type == "code" else []
    if not statements or not all(isinstance(node, ast.Import | ast.ImportFrom) for node in statements):
        yield "the third cell must be imports"
    last = cells[-1]
    if not (last.cell_type == "markdown" and re.search(r"^## Forbehold\n\n\S", last.source, re.MULTILINE)):
        yield "the last cell must be `## Forbehold`"


def parameters(notebook):
    tagged = [cell for cell in code_cells(notebook) if _is_parameters(cell)]
    if len(tagged) != 1:
        yield f"{len(tagged)} cells tagged parameters, must be one"
        return
    declared = {}
    for node in ast.parse(tagged[0].source).body:
        if not (isinstance(node, ast.AnnAssign) and node.value is not None):
            yield f"a parameter must be declared with its kind: {ast.unparse(node)}"
            continue
        declared[node.target.id] = ast.unparse(node.annotation)
        if "  # " not in tagged[0].source.splitlines()[node.lineno - 1]:
            yield f"`{node.target.id}` has no comment"
    for name, kind in {"municipality": "str", "min_count": "int"}.items():
        if declared.get(name) != kind:
            yield f"`{name}: {kind}` must be a parameter"


def language(notebook):
    for number, cell in enumerate(code_cells(notebook), start=1):
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            if isinstance(node, FORBIDDEN):
                yield f"code cell {number}: {type(node).__name__} belongs in src/analysis"
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in FORBIDDEN_CALLS:
                    yield f"code cell {number}: {name}() does not belong in a notebook"
            if isinstance(node, ast.Import | ast.ImportFrom) and number != 2:
                yield f"code cell {number}: imports belong in the import cell"
        if COLOUR.search(cell.source):
            yield f"code cell {number}: colours belong in style.toml"


def uses_place(notebook):
    """`municipality` is read once, by the lookup that refuses unknown names; all else uses the place."""
    reads = [
        node
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Name) and node.id == "municipality" and isinstance(node.ctx, ast.Load)
    ]
    calls = [cell for cell in code_cells(notebook) if "find_place(municipality)" in cell.source]
    if len(reads) != 1 or len(calls) != 1:
        yield "`municipality` must be read once, in find_place(municipality)"


def clean(notebook):
    for number, cell in enumerate(code_cells(notebook), start=1):
        if cell.outputs or cell.execution_count is not None:
            yield f"code cell {number} has outputs"


def asserts_grain(notebook):
    if not any(
        isinstance(n, ast.Assert) for c in code_cells(notebook) for n in ast.walk(ast.parse(c.source))
    ):
        yield "the data's grain must be asserted"


def figures(notebook):
    """Every figure that is drawn is published and shown."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        if re.search(r"\bcharts\.\w+\(", cell.source):
            lines = cell.source.strip().splitlines()
            if lines[-2:] != ["publish(figure)", "figure"]:
                yield f"code cell {number} must end with publish(figure) and figure"


RULES = (size, order, parameters, language, uses_place, clean, asserts_grain, figures)
