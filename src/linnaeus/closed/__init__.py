"""Labels that are given: which of a taxonomy's labels may a text have. Knows nothing of models, stages or storage."""
