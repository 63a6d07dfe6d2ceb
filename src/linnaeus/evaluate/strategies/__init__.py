"""Ways to label texts, tried on texts whose labels are known. Knows nothing of the command line."""
