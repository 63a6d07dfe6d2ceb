"""Documentation cannot rot: its Python runs, and what the code offers is documented."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from linnaeus.cli.main import COMMANDS, cli
from linnaeus.registry import BUILT_IN
from linnaeus.settings import NAMES
from linnaeus.store.schema import STEPS

ROOT = Path(__file__).parents[1]
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
}
EVERYTHING = "\n".join(PAGES.values())


@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if "```python" in text])
def test_python_in_the_documentation_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL):
        exec(compile(block, page, "exec"), names)
    assert capsys.readouterr().out.strip()


def test_links_lead_somewhere() -> None:
    for name, text in PAGES.items():
        folder = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert target.startswith("http") or (folder / target).exists(), f"{name}: {target}"


def commands(group: click.Group, before: str = "") -> list[tuple[str, click.Command]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found += (
            commands(command, f"{name} ") if isinstance(command, click.Group) else [(before + name, command)]
        )
    return found


@pytest.mark.parametrize(
    ("name", "command"), commands(cli), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    assert f"linnaeus {name}" in EVERYTHING
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[0]}" in EVERYTHING or f"[{option.opts[0]}" in EVERYTHING, (
                f"{name} {option.opts[0]}"
            )
            assert option.help, f"{name} {option.opts[0]}"


def test_every_scheme_setting_table_and_command_is_documented() -> None:
    for kind in ("model", "embedder"):
        for scheme in BUILT_IN[kind]:
            assert f"`{scheme}" in PAGES["models.md"], f"{kind} {scheme}"
    for setting in NAMES:
        assert f"`{setting}`" in PAGES["use.md"], setting
    for table in re.findall(r"CREATE (?:TABLE|VIEW) (\w+)", "".join(STEPS)):
        assert f"`{table}`" in PAGES["project-file.md"], table
    assert set(COMMANDS) == {name.split()[0] for name, _ in commands(cli)}


def test_settings_have_options() -> None:
    label = dict(commands(cli))["label"]
    assert set(NAMES) <= {option.name for option in label.params}


def test_nothing_names_a_registry_or_a_machine() -> None:
    """Versions are pinned without addresses."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins if not pin.startswith("#"))
