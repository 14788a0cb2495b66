"""Stage `release`: takes the chosen checkpoint of a run and writes it for others to use."""

from pathlib import Path

from dramatis.core.choice import read_choice
from dramatis.core.errors import MissingError
from dramatis.core.images import encode_png
from dramatis.core.runs import Fuse
from dramatis.core.tables import read_json, read_rows, whole_folder
from dramatis.release.card import card
from dramatis.release.params import ReleaseParams
from dramatis.release.picture import CONTROL, GRID, picture, some
from dramatis.release.weights import write_release
from dramatis.train.schema import RUN_FILE, checkpoint_name


def run(
    name: str,
    params: ReleaseParams,
    *,
    models: Path,
    score: Path,
    out: Path,
    previews: Path | None = None,
    fuse: Fuse | None = None,
    vote: Path | None = None,
) -> None:
    """Writes the weights of the chosen step in every format that its method has, a picture, and a model card.

    Args:
        name: of the run.
        params: section `release`.
        models: folder of the run's checkpoints.
        score: its verdict, which names the best step; the steps' table lies beside it.
        out: folder to write.
        previews: folder of its previews, for the picture and the prompts; None leaves them out.
        fuse: base that is to hold what was learned, and how strongly; None writes none.
        vote: what stage `vote` wrote for the run; None, and null in it, leave the choice to the score.

    Raises:
        MissingError: the run is not trained or not scored, or the chosen step is gone.
        InputError: the checkpoint is damaged, or does not fit the base.
    """
    scored, trained = read_choice(name, models, score, vote), read_json(models / RUN_FILE, f"train@{name}")
    step = scored["best_step"]
    chosen = models / checkpoint_name(step)
    if not chosen.is_dir():
        remedy = f"Run `dvc repro`: stages train@{name} to score@{name} make and choose it"
        raise MissingError(str(chosen), "the chosen step is not there", remedy)
    drawn = [] if previews is None else read_rows(previews / "previews.parquet", f"preview@{name}")
    rows = some(drawn, step)
    with whole_folder(out) as folder:
        kinds = write_release(name, chosen, trained, step, params, fuse, folder)
        if rows:
            (folder / GRID).write_bytes(encode_png(picture(rows)))
        control = next((row["control_image"] for row in drawn if row.get("control_image")), None)
        if control and "controlnet" in kinds:
            (folder / CONTROL).write_bytes(control)
        text = card(trained, scored, params.license, kinds, [row for _, row in rows], fuse)
        (folder / "README.md").write_text(text, encoding="utf-8")
