"""The worked examples of the documentation run as they stand there and print what is shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "worked-examples.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (.+?)$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
PRELUDE = f'python() {{ "{sys.executable}" "$@"; }}\nlinnaeus() {{ python -m linnaeus "$@"; }}\n'
FIGURE = re.compile(r"\d+\.\d+")
NEAR = 0.05  # how far a figure may be off
SAME = 0.8  # share of the lines that must be the same but for figures: on another processor a few labels may differ


def same(wanted: str, printed: str) -> bool:
    """Whether two lines are the same, but for figures that are off a little."""
    figures = zip(FIGURE.findall(wanted), FIGURE.findall(printed), strict=False)
    words = (FIGURE.sub("#", line).rstrip() for line in (wanted, printed))
    return len(set(words)) == 1 and all(abs(float(a) - float(b)) <= NEAR for a, b in figures)


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_what_is_shown_is_what_is_printed(name: str, example: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    blocks = re.findall(r"```console\n(.*?)```", example, re.DOTALL)
    steps = [
        step.partition("\n") for block in blocks for step in re.split(r"^\$ ", block, flags=re.M) if step
    ]
    assert steps
    for command, _, shown in steps:
        done = subprocess.run(
            ["bash", "-c", PRELUDE + command],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        wanted, printed = shown.strip().splitlines(), done.stdout.strip().splitlines()
        assert len(wanted) == len(printed), command
        alike = sum(map(same, wanted, printed))
        assert alike >= SAME * len(wanted), f"{command}\n{done.stdout}"
