"""produce, audit, dead-letters: the log and what became of it."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import IO

import click
import msgspec

from streams.redis_adapters.counters import CounterStore, StoredLetter
from streams.redis_adapters.log import StreamRecord
from streams.redis_adapters.site import AppliedModel
from wall.audit import audit_partition
from wall.settings import Resolved
from wall.wiring import Site, fold_of, open_site

from .asking import in_force
from .errors import reachable
from .main import main
from .progress import progress_bar

_CHUNK = 1000


@main.command()
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def produce(resolved: Resolved, file: IO[bytes]) -> None:
    """Append JSON lines (CloudEvents or mapped JSON) from FILE, or from - for standard input, to the log.

    Every line goes in as it is; what can't be counted is found in the dead letters.
    """
    site = open_site(resolved.settings)
    with reachable():
        fold = fold_of(in_force(site).model)
        total = 0
        with progress_bar(_size(file), "producing") as bar:
            for lines in _chunks(line.rstrip(b"\r\n") for line in file):
                site.log.append([(fold.key(StreamRecord("", 0, line)), line) for line in lines if line])
                total += sum(1 for line in lines if line)
                bar.update(sum(len(line) + 1 for line in lines))
    click.echo(f"{total} events appended")


def _size(file: IO[bytes]) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except (OSError, ValueError):
        return None


def _chunks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    lines = iter(lines)
    while chunk := list(itertools.islice(lines, _CHUNK)):
        yield chunk


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--show", default=20, show_default=True, help="Differences to print.")
@click.pass_obj
def audit(resolved: Resolved, as_json: bool, show: int) -> None:
    """Recount the log and compare every counter with it.

    Exit code 0: every counter is what the log says; 1: differences, which are listed.
    """
    site = open_site(resolved.settings)
    with reachable():
        applied = in_force(site)
        store, partitions = site.counters(applied.generation), site.log.partitions()
        total = sum(int(store.counts(one).get("records", 0)) for one in partitions)
        audits = []
        with progress_bar(total, "recounting") as bar:
            for partition in partitions:
                seen = 0

                def progress(records: int) -> None:
                    nonlocal seen
                    bar.update(records - seen)
                    seen = records

                audits.append(audit_partition(site.log, store, applied.model, partition, progress))
    differences = [one for each in audits for one in each.differences]
    if as_json:
        click.echo(msgspec.json.encode(audits))
    else:
        for one in differences[:show]:
            click.secho(
                f"{one.partition} {one.day} {one.counter}: stored {one.stored}, the log says {one.recounted}", fg="red"
            )
        records, counters = sum(one.records for one in audits), sum(one.counters for one in audits)
        verdict = f"{len(differences)} counters differ" if differences else "every counter is what the log says"
        click.secho(f"{records} records, {counters} counters: {verdict}", fg="red" if differences else "green")
    sys.exit(1 if differences else 0)


@main.command("dead-letters")
@click.option(
    "--code", help="Only this reason: not_json, invalid, unknown_type, unknown_unit, absurd_time, oversize..."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option("--limit", default=50, show_default=True, help="Letters to print, oldest first.")
@click.option("--reinject", is_flag=True, help="Append these records to the log again and forget their letters.")
@click.pass_obj
def dead_letters(resolved: Resolved, code: str | None, as_json: bool, limit: int, reinject: bool) -> None:
    """List refused records: where they are, why they were refused and how to mend it."""
    site = open_site(resolved.settings)
    with reachable():
        applied = in_force(site)
        store = site.counters(applied.generation)
        letters = [one for one in _letters(site, store) if code in (None, one.code)]
        for one in letters[:limit]:
            click.echo(_as_json(one) if as_json else _as_text(one))
        if not as_json:
            click.secho(
                f"{len(letters)} dead letters, {min(limit, len(letters))} shown", fg="yellow" if letters else "green"
            )
        if reinject:
            _reinject(site, applied, letters)


def _letters(site: Site, store: CounterStore) -> Iterator[StoredLetter]:
    for partition in site.log.partitions():
        after = "-"
        while page := store.dead_letters(partition, after):
            yield from page
            after = page[-1].entry_id


def _as_json(one: StoredLetter) -> str:
    return json.dumps(
        {
            "partition": one.partition,
            "position": one.position,
            "timestamp_ms": one.timestamp_ms,
            "code": one.code,
            "reason": one.reason,
            "excerpt": one.excerpt.decode("utf-8", "replace"),
        },
        ensure_ascii=False,
    )


def _as_text(one: StoredLetter) -> str:
    excerpt = one.excerpt[:100].decode("utf-8", "replace").replace("\n", " ")
    return f"{one.partition} @ {one.position}  {one.code}: {one.reason}\n    {excerpt}"


def _reinject(site: Site, applied: AppliedModel, letters: list[StoredLetter]) -> None:
    """Append the records again and forget their letters; one refused again leaves a letter of its own."""
    fold, store, again, gone = fold_of(applied.model), site.counters(applied.generation), 0, 0
    with click.progressbar(letters, label="re-injecting", file=sys.stderr) as bar:
        for letter in bar:
            record = site.log.fetch(letter.partition, letter.position)
            if record is None or record.value is None:
                gone += 1
                continue
            site.log.append([(fold.key(record), record.value)], record.headers)
            store.forget_letter(letter)
            again += 1
    click.echo(f"{again} records appended again" + (f", {gone} no longer in the log" if gone else ""))
