"""A hub on this machine: as many endpoints of huggingface.co as its client needs to make, fill and read a dataset."""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_only_for_tests"


class Repo:
    """A dataset repository: its files by path, and one commit after the other."""

    def __init__(self, private):
        self.private, self.files, self.commits = private, {}, [sha("0")]


def sha(text):
    return hashlib.sha1(text.encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _do(self):
        hub, path = self.server, unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        hub.calls.append(f"{self.command} {path}")
        if path.startswith("/blob/"):
            hub.blobs[path.removeprefix("/blob/")] = body
            return self._say(200, {})
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._say(401, {"error": "Invalid username or password."})
        for method, pattern, answer in ROUTES:
            if (found := re.fullmatch(pattern, path)) and method in (self.command, "ANY"):
                return answer(self, body, *found.groups())
        return self._say(404, {"error": f"no such endpoint: {self.command} {path}"})

    do_GET = do_POST = do_PUT = do_HEAD = _do

    def _chunks(self):
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _say(self, status, value, **headers):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, said in headers.items():
            self.send_header(name.replace("_", "-"), said)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _repo(self, name):
        repo = self.server.repos.get(name)
        if repo is None:
            self._say(404, {"error": "Repository not found"}, X_Error_Code="RepoNotFound")
        return repo

    def info(self, _, name, revision=None):
        if repo := self._repo(name):
            files = [{"rfilename": path} for path in repo.files]
            said = {"id": name, "private": repo.private, "sha": repo.commits[-1], "siblings": files, "tags": []}
            self._say(200, said)

    def create(self, body):
        said = json.loads(body)
        name = f"{said['organization']}/{said['name']}"
        private = said.get("private", said.get("visibility") == "private")
        self.server.repos[name] = Repo(private)
        self._say(200, {"url": f"{self.server.address}/datasets/{name}", "name": name})

    def tree(self, _, name, revision, below=""):
        if repo := self._repo(name):
            self._say(200, entries(repo, (below or "").strip("/")))

    def paths_info(self, body, name, revision):
        if repo := self._repo(name):
            wanted = json.loads(body)["paths"]
            self._say(200, [one for one in entries(repo, "") if one["path"] in wanted])

    def validate(self, _):
        wrong = [{"message": message} for message in self.server.complaints]
        self._say(400 if wrong else 200, {"errors": wrong, "warnings": []})

    def preupload(self, body, name, revision):
        if repo := self._repo(name):
            told = []
            for file in json.loads(body)["files"]:
                there = repo.files.get(file["path"])
                mode = "lfs" if file["path"].endswith(".parquet") else "regular"
                oid = there and (hashlib.sha256(there).hexdigest() if mode == "lfs" else git_oid(there))
                told.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            self._say(200, {"files": told})

    def batch(self, body, name):
        if not (repo := self._repo(name)):
            return
        known = {hashlib.sha256(data).hexdigest() for data in repo.files.values()}
        objects = json.loads(body)["objects"]
        for one in objects:
            if one["oid"] not in known:  # what is there already is not asked for
                one["actions"] = {"upload": {"href": f"{self.server.address}/blob/{one['oid']}"}}
        self._say(200, {"transfer": "basic", "objects": objects})

    def commit(self, body, name, revision):
        if not (repo := self._repo(name)):
            return
        for line in body.decode().splitlines():
            said = json.loads(line)
            value = said["value"]
            if said["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            elif said["key"] == "lfsFile":
                repo.files[value["path"]] = self.server.blobs[value["oid"]]
            elif said["key"] == "deletedFile":
                del repo.files[value["path"]]
        repo.commits.append(sha(str(len(repo.commits))))
        url = f"{self.server.address}/datasets/{name}/commit/{repo.commits[-1]}"
        self._say(200, {"success": True, "commitOid": repo.commits[-1], "commitUrl": url, "hookOutput": ""})

    def resolve(self, _, name, revision, path):
        if not (repo := self._repo(name)):
            return
        if path not in repo.files:
            self._say(404, {"error": "Entry not found"}, X_Error_Code="EntryNotFound")
            return
        data, first, status = repo.files[path], 0, 200
        headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X_Repo_Commit": repo.commits[-1]}
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last, status = int(asked[1]), int(asked[2] or len(data) - 1), 206
            headers["Content_Range"] = f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}"
            data = data[first : last + 1]
        self._say(status, data, **headers)


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


NAME = r"/([\w.-]+/[\w.-]+)"
ROUTES = [
    ("POST", "/api/repos/create", Handler.create),
    ("POST", "/api/validate-yaml", Handler.validate),
    ("GET", f"/api/datasets{NAME}/tree/([^/]+)(/.+)?", Handler.tree),
    ("POST", f"/api/datasets{NAME}/paths-info/([^/]+)", Handler.paths_info),
    ("POST", f"/api/datasets{NAME}/preupload/([^/]+)", Handler.preupload),
    ("POST", f"/api/datasets{NAME}/commit/([^/]+)", Handler.commit),
    ("GET", f"/api/datasets{NAME}/revision/([^/]+)", Handler.info),
    ("GET", f"/api/datasets{NAME}", Handler.info),
    ("POST", rf"/datasets{NAME}\.git/info/lfs/objects/batch", Handler.batch),
    ("ANY", f"/datasets{NAME}/resolve/([^/]+)/(.+)", Handler.resolve),
]


class Hub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos, self.blobs, self.calls, self.complaints = {}, {}, [], []
        self.address = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running():
    """A hub that answers on a port of its own while the block lasts."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
