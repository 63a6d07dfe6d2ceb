"""Labels of a given taxonomy for texts: sources of candidates, and the ranker that turns what they say into probabilities."""
