"""The queue with a process that draws grey squares, and the pictures that it keeps."""

import os
import time

import pytest
import waiting
from studio_desk import grey, recipe, told

from dramatis.attention.picture import with_recipe
from dramatis.core.errors import InputError
from dramatis.core.images import decode
from dramatis.core.recipe import Recipe
from dramatis.studio import drawing
from dramatis.studio.drawing import Queue
from dramatis.studio.pictures import Pictures

WAIT_S = 120


def squares(pipe, stop):
    """Stands for `draw_forever`: seed 1 waits to be stopped, 2 fails, 3 dies, 4 is broken, others are drawn at once."""
    while True:
        try:
            asked = Recipe.model_validate_json(pipe.recv())
        except EOFError:
            return
        pipe.send(("share", 0.5))
        if asked.seed == 1:
            stop.wait(WAIT_S)
            pipe.send(("stopped", ""))
        elif asked.seed == 2:
            pipe.send(("failed", "models/solo: gone. Train it"))
        elif asked.seed == 3:
            os._exit(9)
        elif asked.seed == 4:
            pipe.send(("broken", "a fault of the program"))
            time.sleep(2)  # as one that clears up: it takes no other
            return
        else:
            pipe.send(("done", with_recipe(grey(asked.seed), asked)))


@pytest.fixture
def queue(project):
    made = Queue(Pictures(project / "work/studio/pictures"), squares)
    yield made
    made.close()


def until(true):
    waiting.until(true, WAIT_S)


def test_pictures_are_drawn_in_turn_and_kept_with_their_recipe(queue, project):
    tasks = [queue.add(recipe(seed=seed)) for seed in (50, 60)]
    until(lambda: all(task.state == "done" for task in tasks))
    assert [task.said for task in tasks] == ["000001.png", "000002.png"]
    pictures = Pictures(project / "work/studio/pictures")
    assert [(one.name, one.recipe.seed) for one in pictures.last()] == [("000002.png", 60), ("000001.png", 50)]
    assert pictures.recipe("000001.png") == tasks[0].recipe
    assert decode(pictures.file("000002.png").read_bytes())[0, 0, 0] == 60
    assert decode(pictures.small("000002.png")).shape == (32, 32, 3)


def test_what_waits_and_what_is_being_drawn_can_be_cancelled(queue):
    first, second, third = (queue.add(recipe(seed=seed)) for seed in (1, 70, 80))
    until(lambda: first.state == "drawing" and first.share == 0.5)
    queue.cancel(second.id)
    queue.cancel(first.id)
    queue.cancel(99)
    until(lambda: third.state == "done")
    assert (first.state, second.state) == ("stopped", "stopped")


def test_a_failure_and_a_death_concern_one_picture(queue):
    tasks = [queue.add(recipe(seed=seed)) for seed in (2, 3, 90)]
    until(lambda: tasks[2].state == "done")
    assert (tasks[0].state, tasks[0].said) == ("failed", "models/solo: gone. Train it")
    assert tasks[1].state == "failed" and tasks[1].said.startswith("the process that draws has ended")


def test_a_process_that_breaks_takes_no_other_picture_with_it(queue):
    broken, next_one = queue.add(recipe(seed=4)), queue.add(recipe(seed=90))
    until(lambda: next_one.state not in ("waiting", "drawing"))
    assert (broken.state, broken.said, next_one.state) == ("failed", "a fault of the program", "done")


def test_a_picture_that_cannot_be_written_is_told_and_the_next_is_drawn(queue, monkeypatch):
    keep = Pictures.keep
    monkeypatch.setattr(Pictures, "keep", lambda self, data: os.stat("gone") and b"")
    task = queue.add(recipe(seed=50))
    until(lambda: task.state == "failed")
    assert task.said == "the picture cannot be written: No such file or directory"
    monkeypatch.setattr(Pictures, "keep", keep)
    task = queue.add(recipe(seed=60))
    until(lambda: task.state == "done")


def test_a_full_queue_says_so_and_old_tasks_go(queue, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_WAITING", 2)
    monkeypatch.setattr(drawing, "KEPT", 1)
    blocking = queue.add(recipe(seed=1))
    until(lambda: blocking.state == "drawing")
    waiting = [queue.add(recipe(seed=50)) for _ in range(2)]
    with pytest.raises(InputError) as error:
        queue.add(recipe(seed=50))
    assert told(error).startswith("queue: 2 pictures wait already")
    queue.cancel(blocking.id)
    until(lambda: waiting[1].state == "done")
    last = queue.add(recipe(seed=50))
    assert [task.id for task in queue.tasks] == [waiting[1].id, last.id]


def test_a_gallery_shows_what_has_a_recipe_and_no_other_file(project):
    folder = project / "work/studio/pictures"
    pictures = Pictures(folder)
    assert pictures.last() == []
    pictures.keep(with_recipe(grey(5), recipe()))
    (folder / "000007.png").write_bytes(b"no picture")
    (folder / "note.png").write_bytes(b"x")
    assert [one.name for one in pictures.last()] == ["000001.png"]
    assert pictures.keep(with_recipe(grey(6), recipe())) == "000008.png"
    for name in ("note.png", "../../../params.yaml", "000002.png", ""):
        with pytest.raises(InputError, match="there is no such picture"):
            pictures.file(name)
