"""The steps of a cascade, one a file."""

from linnaeus.stages.arbiter import Arbiter
from linnaeus.stages.ask import Ask
from linnaeus.stages.choose import Pick
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.descend import Descend
from linnaeus.stages.describer import Describer
from linnaeus.stages.exact import Exact
from linnaeus.stages.gate import Audit, Gated, checked_error
from linnaeus.stages.options import Given
from linnaeus.stages.recall import Recall
from linnaeus.stages.sureness import Sureness
from linnaeus.stages.without_model import WithoutModel

__all__ = [
    "Arbiter",
    "Ask",
    "Audit",
    "Chooser",
    "Descend",
    "Describer",
    "Exact",
    "Gated",
    "Given",
    "Pick",
    "Recall",
    "Sureness",
    "WithoutModel",
    "checked_error",
]
