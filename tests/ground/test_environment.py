"""The lists of what the project needs agree, and nothing in the repository tells of where it was made."""

import re
import subprocess
import tomllib

import pytest
import yaml
from demo_home import PROJECT

NAMED = {"jupyterlab", "pandas", "matplotlib", "seaborn", "statsmodels", "papermill"}


def name_of(requirement):
    return re.match(r"[A-Za-z0-9-]+", requirement).group()


def listed():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return project["dependencies"], project["optional-dependencies"]["dev"]


def test_conda_names_the_named_packages_with_the_bounds_of_pyproject():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text())["dependencies"]
    conda = {name_of(item): item for item in environment if isinstance(item, str)}
    assert set(conda) == NAMED | {"python", "make", "pip"}
    bounds = {name_of(item): item for item in listed()[0]}
    assert {conda[name] for name in NAMED} == {bounds[name] for name in NAMED}
    assert environment[-1] == {"pip": ["-e .[dev]"]}


def test_the_lock_pins_every_dependency_with_hashes_and_names_no_index():
    lock = (PROJECT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))
    runtime, dev = listed()
    assert {name_of(item).lower() for item in runtime + dev} <= pinned
    assert "://" not in lock and "index" not in lock
    for block in re.split(r"\n(?=[a-z0-9])", lock.strip()):
        assert "--hash=sha256:" in block, block


def test_python_is_the_same_everywhere():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text())["dependencies"]
    assert f"python{project['requires-python']}" == environment[0]


UNTRACKED = {
    ".venv",
    "reports",
    "processed",
    "national_survey",
    "__pycache__",
}  # and hidden folders: where there is no git


def tracked():
    """The project's own files: those in git, or in a copy without git those that git would keep."""
    if not (PROJECT / ".git").exists():
        files = [file for file in PROJECT.rglob("*") if file.is_file()]
        return [
            file
            for file in files
            if not any(
                part in UNTRACKED or part.startswith(".") for part in file.relative_to(PROJECT).parent.parts
            )
        ]
    names = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    return [PROJECT / name for name in names.splitlines() if (PROJECT / name).is_file()]


def test_no_outputs_and_no_built_files_in_git():
    names = [file.relative_to(PROJECT).as_posix() for file in tracked()]
    built = [
        name
        for name in names
        if name.startswith(("reports/", "data/processed/")) or name.endswith(".parquet")
    ]
    delivered = [name for name in names if name.startswith("data/raw/national_survey/")]
    assert built + delivered == []


@pytest.mark.parametrize(
    "words",
    [re.escape(str(PROJECT)), r"\.\./shared", r"pypi\.org|/simple/", r"sys\.path\.(insert|append)"],
)
def test_no_file_tells_of_a_machine_or_an_index(words):
    found = [
        file.name
        for file in tracked()
        if file.suffix in {".py", ".md", ".ipynb", ".toml", ".yml", ".csv", ".lock", ""}
        and file.name != "test_environment.py"
        and re.search(words, file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
