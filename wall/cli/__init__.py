"""The command `kpiwall`: one module per group of subcommands, each thin over the services."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
