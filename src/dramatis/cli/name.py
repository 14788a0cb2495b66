"""Names without reference pictures: the clusters that nobody settled, most screen time first, one question each."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from dramatis.cast import edit, sheet
from dramatis.cast.decisions import FILE, Decisions, id_from, read_decisions
from dramatis.cast.naming import REJECTION
from dramatis.cast.references import list_references
from dramatis.cast.thumbs import thumbs_of
from dramatis.cli import look
from dramatis.core.errors import ParameterError
from dramatis.core.images import encode_png
from dramatis.core.params import read_params
from dramatis.core.tables import read_rows

if TYPE_CHECKING:
    from rich.table import Table

DATA = Path("data")
OUT = Path("work/names")
FACES = 3 * sheet.FACES
"""Most faces in the picture of a cluster."""
NOBODY, NO_PERSON, SAME, END = "-", "x", "=", "q"
HELP = f"""\
  a name   somebody new: an id such as `ann`, or any name, of which the id is made
  {SAME}id      the same as somebody there is, such as `{SAME}ann`
  {NOBODY}        not in the cast
  {NO_PERSON}        not a person: a poster, a hood, a statue
  Enter    ask again another time
  {END}        end"""
Row = dict[str, Any]


class Cluster(NamedTuple):
    """A cluster about which nothing is settled: its row of the table, and its faces."""

    row: Row
    faces: list[Row]

    @property
    def said(self) -> str:
        """How much of it there is."""
        row = self.row
        return f"{row['seconds']:.1f} s in {row['shots']} shots, {row['tracks']} tracks, {row['faces']} faces"


def ask_names(cluster: str | None = None, answer: str | None = None, listed: bool = False) -> None:
    """Lists the open clusters, answers for one, or asks about each; what is said stands in `cast.yaml` at once.

    Raises:
        MissingError: stage `cast` has not run.
        ParameterError: there is no such cluster, or the answer is not allowed.
    """
    folder = Path(read_params()["cast"]["references"])
    folders = list(list_references(folder)) if folder.is_dir() else []
    clusters = _open_here()
    if cluster is not None:
        chosen = next((each for each in clusters if each.row["cluster_id"] == cluster), None)
        if chosen is None:
            there = ", ".join(each.row["cluster_id"] for each in clusters) or "none"
            raise ParameterError(cluster, f"no cluster without a name is called so; there are: {there}", "Name another")
        if answer is None:
            typer.echo(f"{cluster}: {chosen.said}\nfaces: {picture(chosen, DATA)}")
            return
        give(chosen, answer, folders)
        typer.echo(f"Written to {FILE}; `dvc repro` applies it")
    elif listed:
        look.show(table(clusters, DATA) if clusters else "Every cluster is settled")
    else:
        typer.echo(HELP if clusters else "Every cluster is settled")
        done = ask(clusters, folders, lambda each: picture(each, DATA), read_line)
        if done:
            typer.echo(f"{done} answers in {FILE}; `dvc repro` applies them")


def list_names() -> None:
    """Prints the open clusters as JSON: how much there is of each, its moment, and the picture of its faces."""
    keys = ("seconds", "shots", "tracks", "faces", "moment")
    look.print_json(
        [
            {"cluster": each.row["cluster_id"], **{key: each.row[key] for key in keys}, "picture": picture(each, DATA)}
            for each in _open_here()
        ]
    )


def _open_here() -> list[Cluster]:
    return open_clusters(list(read_params().get("videos") or {}), DATA, read_decisions(FILE))


def open_clusters(videos: Sequence[str], data: Path, decided: Decisions) -> list[Cluster]:
    """The clusters about which neither the last run nor `cast.yaml` says anything, most screen time first."""
    rows = sheet.open_clusters(read_rows(data / "cast" / "clusters.parquet", "cast"))
    of: dict[str, list[Row]] = {row["cluster_id"]: [] for row in rows}
    for video in videos:
        for face in read_rows(data / "cast" / f"{video}.parquet", "cast"):
            if face["cluster_id"] in of:
                of[face["cluster_id"]].append(face | {"video": video})
    said = {*decided.pins, *decided.not_a_person}
    return [
        Cluster(row, of[row["cluster_id"]])
        for row in rows
        if not said & {face["moment"] for face in of[row["cluster_id"]]}
    ]


def ask(
    clusters: Sequence[Cluster],
    folders: Sequence[str],
    draw: Callable[[Cluster], Path],
    answer_of: Callable[[str], str | None],
) -> int:
    """Asks about each cluster until there is none left or no answer comes; the number of those settled."""
    done = 0
    for cluster in clusters:
        prompt = f"\n{cluster.row['cluster_id']}: {cluster.said}\n  faces: {draw(cluster)}\n  who is it? "
        while True:
            answer = answer_of(prompt)
            if answer is None or answer == END:
                return done
            try:
                if answer:
                    give(cluster, answer, folders)
                    done += 1
                break
            except ParameterError as error:
                prompt = f"  {error}\n  who is it? "
    return done


def read_line(prompt: str) -> str | None:
    """A line from the terminal without spaces around it; None at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def give(cluster: Cluster, answer: str, folders: Sequence[str], file: Path = FILE) -> None:
    """Writes what an answer (see `HELP`) says of a cluster.

    Raises:
        ParameterError: the answer makes no id, or says `=` of nobody, or not of somebody.
    """
    known = read_decisions(file).known(folders) - {REJECTION}
    moment = cluster.row["moment"]
    if answer == NO_PERSON:
        edit.update(file, lambda text: _each(text, edit.not_a_person, one_of_each_track(cluster)))
    elif answer == NOBODY:
        edit.update(file, lambda text: edit.pin(text, moment, REJECTION))
    elif answer.startswith(SAME):
        name = answer.removeprefix(SAME).strip()
        if name not in known:
            there = ", ".join(sorted(known)) or "nobody"
            raise ParameterError(answer, f"there is no {name!r}; there are: {there}", "Name one of them")
        edit.update(file, lambda text: edit.pin(text, moment, name))
    else:
        name = id_of(answer)
        if name in known | {REJECTION}:
            raise ParameterError(answer, f"{name!r} is somebody already", f"Say {SAME}{name} if it is the same person")
        edit.update(file, lambda text: _new(edit.pin(text, moment, name), name, answer))


def _new(text: str, name: str, display: str) -> str:
    """Makes a new character known, with the name for people where the id does not give it."""
    return edit.character(text, name) if name == display else edit.set_display(text, name, display)


def _each(text: str, change: Callable[[str, str], str], moments: Sequence[str]) -> str:
    for moment in moments:
        text = change(text, moment)
    return text


def id_of(name: str) -> str:
    """An id made of a name for people, see `id_from`.

    Raises:
        ParameterError: no letter or digit of the name can be in an id.
    """
    found = id_from(name)
    if not found:
        raise ParameterError(
            name or "''", "no id can be made of it", "Say an id of a-z, 0-9, _ and -; `display` can follow"
        )
    return found


def one_of_each_track(cluster: Cluster) -> list[str]:
    """The moment of the first face of each track."""
    return list({face["track_id"]: face["moment"] for face in reversed(cluster.faces)}.values())


def picture(cluster: Cluster, data: Path, out: Path = OUT) -> Path:
    """Writes a PNG of the clearest distinct faces of a cluster with their time codes."""
    wanted: dict[str, Row] = {}
    for video in dict.fromkeys(face["video"] for face in cluster.faces):
        own = {face["detection_id"]: face for face in cluster.faces if face["video"] == video}
        measured = data / "quality" / video / "quality.parquet"
        sharpness = {row["detection_id"]: row["sharpness"] for row in read_rows(measured, f"quality@{video}")}
        columns = ["detection_id", "frame_id", "shot", "box"]
        for row in read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}", columns):
            if face := own.get(row["detection_id"]):
                wanted[row["detection_id"]] = face | row | {"sharpness": sharpness[row["detection_id"]]}
    faces = list(wanted.values())
    shots = [f"{face['video']}-{face['shot']}" for face in faces]
    order = sheet.sharpest([f["sharpness"] for f in faces], [f["track_id"] for f in faces], shots, FACES)
    thumbs = thumbs_of([faces[n] for n in order], data / "frames")
    rows = [
        sheet.Row("" if n else cluster.row["cluster_id"], [], [], thumbs[n : n + sheet.FACES])
        for n in range(0, len(thumbs), sheet.FACES)
    ]
    file = out / f"{cluster.row['cluster_id']}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode_png(sheet.draw(rows, cluster.said)))
    return file


def table(clusters: Sequence[Cluster], data: Path) -> "Table":
    """A row for each open cluster; the picture of each is written."""
    shown = look.table("cluster", "screen time", "shots", "faces", "moment")
    shown.caption_justify = "left"
    for cluster in clusters:
        row = cluster.row
        picture(cluster, data)
        cells = [f"{row['seconds']:.1f} s", str(row["shots"]), str(row["faces"]), row["moment"]]
        shown.add_row(row["cluster_id"], *cells)
    shown.caption = f"Their faces: {OUT}/<cluster>.png"
    return shown
