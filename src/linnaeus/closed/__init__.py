"""Labels that are given: a taxonomy, and what texts have to do with it."""
