"""`python -m linnaeus`."""

from linnaeus.cli import main

main()
