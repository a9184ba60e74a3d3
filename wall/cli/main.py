"""The root command, its settings and exit codes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from wall.settings import HELP, Resolved, Settings, resolve


def _with_setting_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """One flag per setting, in the order of `Settings`."""
    for one in reversed(fields(Settings)):
        kind = int if isinstance(one.default, int) else str
        command = click.option(f"--{one.name}", type=kind, default=None, help=f"{HELP[one.name]}.")(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--config", type=click.Path(path_type=Path), default=None, help="Settings file (TOML); kpiwall.toml if it exists."
)
@_with_setting_flags
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.version_option(package_name="kpiwall")
@click.pass_context
def main(context: click.Context, /, config: Path | None, verbose: bool, **flags: Any) -> None:
    """Real-time KPI walls: business events in, exact weighted scores on every screen.

    \b
    Look at it:     kpiwall demo
    Check a model:  kpiwall check deploy/models/factory
    Run a site:     kpiwall apply MODEL_DIR --reason "..."  and  kpiwall up
    Prove it:       kpiwall audit

    Settings come from flags, else from KPIWALL_... variables, else from the settings file; `kpiwall config` shows
    what is in force and from where. Exit codes: 0 done, 1 faults found, 2 wrong call, 3 Redis or Kafka not reached.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )
    logging.getLogger("kafka").setLevel(logging.ERROR)
    context.obj = resolve(flags, config)


@main.command()
@click.pass_obj
def config(resolved: Resolved) -> None:
    """Show the settings in force, and where each comes from."""
    for one in fields(Settings):
        value = getattr(resolved.settings, one.name)
        click.echo(f"{one.name:<17} {value!s:<32} {resolved.origins[one.name]}")


def _register() -> None:
    from . import (  # noqa: F401 - each adds its subcommands to `main`
        audit_log,
        bench,
        demo,
        explaining,
        history,
        incentive,
        logs,
        messages,
        models,
        periods,
        replaying,
        running,
        screens,
        targets,
        testing_rules,
        tokens,
        trying,
        users,
    )


_register()
