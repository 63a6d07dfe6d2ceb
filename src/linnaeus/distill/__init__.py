"""Students from what a project decided: examples, training, calibration, reports. Knows nothing of command lines."""
