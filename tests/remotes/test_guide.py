"""The commands of docs/sharing.md that set up a remote, as they stand there, with this machine's servers put in."""

import getpass
import re
import shlex
import shutil

import pytest
from whole import TOP

BLOCKS = re.findall(r"```bash\n(.+?)```", (TOP / "docs/sharing.md").read_text(), re.S)
KINDS = ["local", "ssh", "s3", "http"]
PLACES = {
    "local": "/mnt/nas/cast",
    "ssh": "ssh://server.example/srv/cast",
    "s3": "s3://bucket/cast",
    "http": "https://data.example/cast",
}


def test_the_guide_shows_each_kind_once_in_this_order():
    assert [f"dvc remote add -d {'public' if kind == 'http' else 'store'} {PLACES[kind]}" for kind in KINDS] == [
        block.splitlines()[0] for block in BLOCKS[:4]
    ]
    assert all("verify true" in block for block in BLOCKS[:4])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_guide_says_sets_a_remote_up(project, serve, kind):
    server = serve(kind)
    if kind == "http":
        project.does("dvc", "remote", "add", "disk", str(server.folder))
        project.does("dvc", "push", "-r", "disk")
    here = {PLACES[kind]: server.url, "https://s3.example": server.s3, "me": getpass.getuser()}
    here["~/.ssh/id_ed25519"] = server.options.get("keyfile")
    for line in BLOCKS[KINDS.index(kind)].splitlines():
        project.does(*(here.get(word, word) for word in shlex.split(line, comments=True)))
    tracked = project.does("git", "show", "HEAD:.dvc/config") if kind != "http" else ""
    assert not re.search("keyfile|access_key|user", tracked)
    clone = project.clone("clone")
    for name in ("config", "config.local"):
        if (project.top / ".dvc" / name).exists():
            shutil.copy(project.top / ".dvc" / name, clone.top / ".dvc")
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()
