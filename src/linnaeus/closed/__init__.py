"""Labels that are given: candidates for a text, from what labels are called and from examples, and how likely each is."""
