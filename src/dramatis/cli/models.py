"""`dramatis models`: what there is, and fetching it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dramatis.cli.look import plain, print_json, show, table
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import PARAMS, read_params
from dramatis.models.lock import read_lock
from dramatis.models.manifest import manifest
from dramatis.models.plan import Pull, asked, from_hub, name_of, planned
from dramatis.models.pull import pull
from dramatis.models.state import Row, rows
from dramatis.models.wanted import Named, missing_weights, named_weights, names_for
from dramatis.project.presets import PRESETS, read_preset
from dramatis.publish.contents import in_units

if TYPE_CHECKING:
    from rich.table import Table

MOST = 3
"""Presets that are named in the table."""


def list_models(verify: bool, as_json: bool) -> bool:
    """Prints all names with their state; False if one is here in part, or not as the lock or the manifest says."""
    params = read_params() if PARAMS.is_file() else {}
    presets = {file.stem: names_for(read_preset(file.stem)) for file in sorted(PRESETS.glob("*.yaml"))}
    found = rows(manifest(), read_lock(), named_weights(params), presets, verify)
    if as_json:
        print_json([row._asdict() for row in found])
    else:
        show(_table(found))
    return not any(row.state in ("changed", "incomplete") for row in found)


def _table(found: Sequence[Row]) -> "Table":
    made = table("name", "for", "state", "size", "licence", "wanted by")
    for row in found:
        more = [f"and {len(row.presets) - MOST} more"] if len(row.presets) > MOST else []
        wanted = ", ".join([*row.wanted, *(f"preset {preset}" for preset in row.presets[:MOST]), *more])
        state = f"{row.state}: {row.why}" if row.why else row.state
        cells = (row.name, row.what, state, size_of(row.size or None), row.licence or "not stated", wanted or "–")
        made.add_row(*map(plain, cells))
    return made


def pull_models(
    names: Sequence[str],
    *,
    dry_run: bool,
    as_json: bool,
    revision: str | None,
    force: bool,
    by_hand: bool,
    name: str | None,
    only: Sequence[str],
    variant: str | None,
) -> None:
    """Fetches names, presets and repositories; without any what `params.yaml` lacks.

    Raises:
        ParameterError: a name for several repositories.
    """
    wanted, own = _wanted(names)
    if (name or revision or only or variant) and len(wanted) != 1:
        option = next(text for text, said in _options(name, revision, only, variant) if said)
        raise ParameterError(option, f"it goes with one name, not with {len(wanted)}", "Pull one after the other")
    plans = [_plan(each, revision, force, name, only, variant) for each in wanted]
    if dry_run:
        shown = [_asked(plan) for plan in plans]
        if as_json:
            print_json([_said(plan, note) for plan, note in shown])
        else:
            _print_plans(shown, own)
        return
    done = [(plan, pull(plan, by_hand, force)) for plan in plans]
    if as_json:
        print_json([_said(plan, None) | {"done": lines} for plan, lines in done])
        return
    for _, lines in done:
        _print(*lines)
    _print(*_own_lines(own))
    if not done and not own:
        _print(f"every file of weights that {PARAMS} names is there")


def _options(
    name: str | None, revision: str | None, only: Sequence[str], variant: str | None
) -> list[tuple[str, object]]:
    return [("--name", name), ("--revision", revision), ("--only", only), ("--variant", variant)]


def _wanted(names: Sequence[str]) -> tuple[list[str], list[Named]]:
    """What to pull, each once, and what somebody has to choose."""
    if not names:
        missing = missing_weights(read_params())
        own = [each for each in missing if not each.name]
        return list(dict.fromkeys(each.name for each in missing if each.name)), own
    wanted, own = [], []
    for each in names:
        if (PRESETS / f"{each}.yaml").is_file():
            preset = read_preset(each)
            wanted += names_for(preset)
            own += [one for one in missing_weights(preset) if not one.name]
        else:
            wanted.append(each)
    return list(dict.fromkeys(wanted)), own


def _plan(
    wanted: str, revision: str | None, force: bool, name: str | None, only: Sequence[str], variant: str | None
) -> Pull:
    found = planned(wanted, read_lock(), revision, force, name)
    if found is None:
        return from_hub(wanted, name_of(wanted, name), revision, only, variant)
    if given := [text for text, said in _options(name, None, only, variant) if said]:
        raise ParameterError(given[0], f"the files of {wanted} are listed", "It goes with a repository of the hub")
    return found


def _asked(plan: Pull) -> tuple[Pull, str | None]:
    """The plan with what the hub adds; where it does not answer, what is known, and why that is all."""
    if not plan.to_fetch:
        return plan, None
    try:
        return asked(plan), None
    except MissingError:
        raise
    except InputError as error:
        return plan, f"{error.place}: {error.problem}; what is shown is from the manifest and the lock"


def _said(plan: Pull, note: str | None) -> dict[str, Any]:
    files = [
        {
            "file": str(piece.target),
            "from": piece.origin,
            "size": piece.source.size,
            "sha256": piece.source.sha256,
            "known": piece.known,
            "here": piece.here is True,
        }
        for piece in plan.pieces.values()
    ]
    said = {"name": plan.name, "licence": plan.licence, "bytes_to_fetch": plan.bytes_to_fetch, "files": files}
    return said | ({"note": note} if note else {})


def _print_plans(shown: Sequence[tuple[Pull, str | None]], own: Sequence[Named]) -> None:
    for plan, note in shown:
        _print(f"{plan.name}: {plan.licence or 'no licence is stated'}", *([f"  {note}"] if note else []))
        for piece in plan.pieces.values():
            state = "is here" if piece.here is True else size_of(piece.source.size)
            hashed = f"hash by {piece.known}" if piece.source.sha256 or piece.git_oid else "no hash known yet"
            _print(f"  {piece.target}  {state}, {hashed}", f"    {piece.origin}")
    total = sum(plan.bytes_to_fetch for plan, _ in shown)
    unknown = sum(piece.source.size is None for plan, _ in shown for piece in plan.to_fetch.values())
    more = f", and {unknown} files of unknown size" if unknown else ""
    _print(f"to fetch: {in_units(total)}{more}; nothing was fetched", *_own_lines(own))


def _own_lines(own: Sequence[Named]) -> list[str]:
    return [f"{each.key}: there is no {each.path}. {each.remedy}" for each in own]


def _print(*lines: str) -> None:
    show(*map(plain, lines))


def size_of(size: int | None) -> str:
    """Bytes for people; of what nobody has stated that."""
    return "size unknown" if size is None else in_units(size)
