"""Label sets from texts: groups that come back, names for them, a tree, a map. Knows nothing of commands."""
