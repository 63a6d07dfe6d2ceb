"""The shape of the package: layers, public names, what an import may load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import linnaeus

ROOT = Path(__file__).parents[1]
HEAVY = (
    "numpy",
    "onnxruntime",
    "tokenizers",
    "httpx",
    "pyarrow",
    "genai_prices",
    "scipy",
    "sklearn",
    "rdflib",
)


def test_a_layer_imports_only_what_is_below_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("call", ["import linnaeus", "from linnaeus.cli.main import cli; cli(['--help'])"])
def test_what_starts_fast_loads_nothing_heavy(call: str) -> None:
    """Exact where a timing would flake: `linnaeus --help` under 0.3 s follows from it."""
    code = f"import sys\ntry:\n    {call}\nexcept SystemExit:\n    pass\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_public_names() -> None:
    assert set(linnaeus.__all__) == set(linnaeus._HOMES) | {"__version__"}
    for name in linnaeus.__all__:
        assert getattr(linnaeus, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        linnaeus.nonsense  # noqa: B018


def test_no_pickle_and_no_telemetry() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        words = path.read_text(encoding="utf-8")
        assert "import pickle" not in words and "allow_pickle=True" not in words, path
