"""What examples teach: sources of candidates that learn, and the ranker that makes probabilities of what they say."""
