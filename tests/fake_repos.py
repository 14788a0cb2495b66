"""What lies on the hub of the tests: repositories of datasets and of models, with their commits."""

import hashlib

TOKEN = "hf_only_for_tests"
SIGNED = "signed_only_for_tests"
"""What the addresses of the storage are signed with."""
LARGE = (".parquet", ".png", ".pdf", ".mp4", ".safetensors", ".onnx", ".bin")
"""Endings of what the hub keeps in its large storage."""


class Repo:
    """A dataset repository: its files by path, and one commit after the other."""

    def __init__(self, private):
        self.private, self.files, self.commits = private, {}, [sha("0")]

    def commit_files(self, files):
        self.files = dict(files)
        self.commits.append(sha(f"{len(self.commits)} {sorted(files)}"))
        return self.commits[-1]

    def large(self, path):
        return path.endswith(LARGE)


class Models(Repo):
    """A repository of models: the files of each commit, the newest last; only some are in the large storage.

    Attributes:
        licence: what the card says.
        gated: nobody gets it who is not allowed to.
        private: nobody sees it who is not allowed to.
        lied: what the hub says of a file's SHA-256 although it is another.
    """

    def __init__(self, files, licence="mit", gated=False, private=False):
        super().__init__(private)
        self.commits, self.at, self.licence, self.gated, self.lied = [], {}, licence, gated, {}
        self.commit_files(files)

    def commit_files(self, files):
        commit = super().commit_files(files)
        self.at[commit] = self.files
        return commit

    def large(self, path):
        return path.endswith((".safetensors", ".onnx", ".bin"))

    def told(self, path, data):
        return self.lied.get(path) or hashlib.sha256(data).hexdigest()


def sha(text):
    return hashlib.sha1(text.encode()).hexdigest()


def git_oid(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def entries(repo, below):
    """Files and folders of a repository under a path, as the endpoint `tree` tells them."""
    found = {}
    for path, data in repo.files.items():
        if path != below and not path.startswith(f"{below}/" if below else ""):
            continue
        for cut in [place for place, letter in enumerate(path) if letter == "/" and place > len(below)]:
            found[path[:cut]] = {"type": "directory", "path": path[:cut], "oid": sha(path[:cut]), "size": 0}
        found[path] = {"type": "file", "path": path, "oid": git_oid(data), "size": len(data)}
    return [found[path] for path in sorted(found)]
