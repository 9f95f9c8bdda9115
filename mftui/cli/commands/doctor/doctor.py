"""`mftui doctor` and `mftui paths`: check this machine, and show where files are."""

from __future__ import annotations

from dataclasses import asdict

import click

from mftui import paths as places
from mftui.cli.commands.doctor.bench import show_bench
from mftui.cli.shared.output import json_option, print_json, print_line, print_table


@click.command()
@click.option("--bench", is_flag=True, help="Measure how fast this machine trains instead; takes about a minute.")
@json_option
@click.pass_context
def doctor(context: click.Context, bench: bool, as_json: bool) -> None:
    """Check versions, devices, terminal and directories, and say how to fix what is missing.

    The exit code is 1 if something that mftui needs is broken, else 0.
    """
    if bench:
        show_bench(as_json=as_json)
        return
    from mftui.cli.commands.doctor.checks import BROKEN, directories, machine, software
    from mftui.cli.commands.doctor.checks_terminal import terminal

    checks = [*software(), *machine(), *terminal(), *directories()]
    broken = any(check.status == BROKEN for check in checks)
    if as_json:
        print_json({"ok": not broken, "checks": [asdict(check) for check in checks]})
    else:
        width = max(len(check.name) for check in checks)
        group = ""
        for check in checks:
            if check.group != group:
                if group:
                    print_line()
                print_line(check.group)
                group = check.group
            print_line(f"  {check.status:<7}  {check.name:<{width}}  {check.value}")
            if check.advice:
                print_line(f"  {'':<7}  {'':<{width}}  → {check.advice}")
    if broken:
        context.exit(1)


@click.command()
@json_option
def paths(as_json: bool) -> None:
    """Show where mftui keeps its files."""
    found = {
        "home": places.home(),
        "runs": places.runs_dir(),
        "trash": places.trash_dir(),
        "ratings": places.ratings_dir(),
        "cache": places.cache_dir(),
        "datasets": places.downloads_dir(),
        "config": places.config_file(),
        "state": places.state_file(),
        "log": places.log_file(),
        "key": places.key_file(),
        "sample": places.sample_dir(),
    }
    if as_json:
        print_json({name: str(path) for name, path in found.items()})
    else:
        print_table(["what", "where"], [[name, str(path)] for name, path in found.items()])
