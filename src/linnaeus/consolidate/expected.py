"""What would be said of every text, learnt from what was said of others. Knows nothing of groups, words or storage.

Kernel ridge regression of wordings on texts (Saunders, Gammerman and Vovk 1998); what is expected of a text that taught is
what the others teach (leave-one-out, in closed form). Whichever texts are asked, nearly the same is expected.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows

MOST = 2048  # texts that teach
NARROW = 2.0  # how fast texts that are less alike teach less: exp(NARROW (cosine - 1))
DECAY = 1.0  # how much the squares of weights count beside errors


def expected(texts: Rows, teachers: NDArray[np.intp], said: Rows) -> Rows:
    """The wording (n, e) expected of each of `texts` (n, d), shorter the less is known; `said` (m, e) of `teachers` (m,)."""
    kernel = texts @ texts[teachers].T  # (n, m), which is large: changed in place
    kernel -= 1
    kernel *= NARROW
    np.exp(kernel, out=kernel)
    inverse = np.linalg.inv(kernel[teachers].astype(np.float64) + DECAY * np.eye(len(teachers)))
    weights = inverse @ said
    found = kernel @ weights.astype(np.float32)
    found[teachers] = said - weights / np.diag(inverse)[:, None]
    return np.asarray(found, dtype=np.float32)
