"""`python -m wall.cli` is `kpiwall`."""

from .main import main

main()
