"""A hub on this machine: as many endpoints of huggingface.co as its client needs.

Repositories of datasets and of models can be made and filled, with the token; large files go to a storage first, as the
protocol of LFS has it. Datasets are read with the token. Models can be looked up and fetched by anybody: small files
from the repository itself, large ones from the storage to which they are redirected, in parts. Uploads and downloads
are cut off half way where a test wants that.
"""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import yaml
from fake_repos import SIGNED, TOKEN, Models, Repo, entries, git_oid


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _do(self):
        hub, path = self.server, unquote(urlsplit(self.path).path)
        hub.calls.append(f"{self.command} {path}")
        if path.startswith("/blob/"):
            return self._store(path.removeprefix("/blob/"))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        if hub.echo and hub.echo in path:
            said = f"no such luck with {self.headers.get('Authorization')}"
            return self._say(400, {"error": said}, X_HF_Warning=f"echo; {said}", X_Error_Message=said)
        writes = path.startswith(("/api/datasets/", "/datasets/", "/api/repos/", "/api/validate"))
        if (writes or self.command == "POST") and not self._known():
            return self._say(401, {"error": "Invalid username or password."})
        for method, pattern, answer in ROUTES:
            if (found := re.fullmatch(pattern, path)) and method in (self.command, "ANY"):
                return answer(self, body, *found.groups())
        return self._say(404, {"error": f"no such endpoint: {self.command} {path}"})

    def _store(self, oid):
        """Takes a large file; cut off as often as `upload_cuts` says, once `let_through` files are here."""
        hub = self.server
        with hub.lock:
            cut = hub.taken >= hub.let_through and hub.upload_cuts > 0
            hub.upload_cuts -= cut
            hub.taken += not cut
            hub.lock.wait_for(lambda: not cut or len(hub.blobs) >= hub.let_through, 20)
        if cut:
            self.rfile.read(100)
            hub.cut.set()
            hub.go_on.wait(20)
            self.close_connection = True
            return self.connection.shutdown(2)
        data = self._chunks() if self.headers.get("Transfer-Encoding") == "chunked" else None
        data = self.rfile.read(int(self.headers["Content-Length"])) if data is None else data
        hub.stored.append(oid)
        if hashlib.sha256(data).hexdigest() != oid:
            return self._say(400, {"error": "not the bytes that were promised"})
        with hub.lock:
            hub.blobs[oid] = data
            hub.lock.notify_all()
        return self._say(200, {})

    def _known(self):
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

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

    def _repo(self, name, kind="datasets/"):
        repo = (self.server.repos if kind in ("datasets", "datasets/") else self.server.models).get(name)
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
        if said.get("type", "model") == "dataset":
            self.server.repos[name] = Repo(private)
        else:
            self.server.models[name] = Models({}, licence=None, private=private)
        self._say(200, {"url": f"{self.server.address}/{name}", "name": name})

    def tree(self, _, kind, name, revision, below=""):
        if repo := self._repo(name, kind):
            self._say(200, entries(repo, (below or "").strip("/")))

    def paths_info(self, body, kind, name, revision):
        if repo := self._repo(name, kind):
            wanted = json.loads(body)["paths"]
            self._say(200, [one for one in entries(repo, "") if one["path"] in wanted])

    def validate(self, body):
        said = json.loads(body)
        wrong = [{"message": message} for message in self.server.complaints]
        base = (yaml.safe_load(said["content"].split("---\n")[1]) or {}).get("base_model")
        if base and not re.fullmatch(r"[\w.-]+/[\w.-]+", base):
            wrong.append({"message": f'"base_model" with value "{base}" is not valid. Use a model id'})
        self._say(400 if wrong else 200, {"errors": wrong, "warnings": []})

    def preupload(self, body, kind, name, revision):
        if repo := self._repo(name, kind):
            told = []
            for file in json.loads(body)["files"]:
                there = repo.files.get(file["path"])
                mode = "lfs" if repo.large(file["path"]) else "regular"
                oid = there and (hashlib.sha256(there).hexdigest() if mode == "lfs" else git_oid(there))
                told.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            self._say(200, {"files": told})

    def batch(self, body, kind, name):
        if not (repo := self._repo(name, kind)):
            return
        known = {hashlib.sha256(data).hexdigest() for data in repo.files.values()} | self.server.blobs.keys()
        objects = json.loads(body)["objects"]
        for one in objects:
            if one["oid"] not in known:  # what is there already is not asked for
                one["actions"] = {
                    "upload": {"href": f"{self.server.address}/blob/{one['oid']}?X-Amz-Signature={SIGNED}"}
                }
        self._say(200, {"transfer": "basic", "objects": objects})

    def commit(self, body, kind, name, revision):
        if not (repo := self._repo(name, kind)):
            return
        files = dict(repo.files)
        for line in body.decode().splitlines():
            said = json.loads(line)
            value = said["value"]
            if said["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif said["key"] == "lfsFile":
                files[value["path"]] = self.server.blobs[value["oid"]]
            elif said["key"] == "deletedFile":
                del files[value["path"]]
        oid = repo.commit_files(files)
        url = f"{self.server.address}/{kind}/{name}/commit/{oid}"
        self._say(200, {"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": ""})

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

    def _models(self, name):
        """The repository, if whoever asks may see it and have it."""
        repo = self.server.models.get(name)
        if repo is None or (repo.private and not self._known()):
            return self._say(401, {"error": "Invalid username or password."}, X_Error_Code="RepoNotFound")
        return repo

    def _commit_of(self, repo, revision):
        commit = repo.commits[-1] if revision in (None, "main") else revision
        if commit not in repo.at:
            self._say(404, {"error": f"Invalid rev id: {revision}"}, X_Error_Code="RevisionNotFound")
            return None
        return commit

    def model_info(self, _, name, revision=None):
        if (repo := self._models(name)) and (commit := self._commit_of(repo, revision)):
            files = [self._sibling(repo, path, data) for path, data in repo.at[commit].items()]
            said = {"id": name, "private": repo.private, "sha": commit, "siblings": files, "tags": []}
            self._say(200, said | ({"cardData": {"license": repo.licence}} if repo.licence else {}))

    def _sibling(self, repo, path, data):
        said = {"rfilename": path, "size": len(data), "blobId": git_oid(data)}
        if repo.large(path):
            said["lfs"] = {"size": len(data), "sha256": repo.told(path, data), "pointerSize": 134}
        return said

    def resolve_model(self, _, name, revision, path):
        if not (repo := self._models(name)) or not (commit := self._commit_of(repo, revision)):
            return
        if repo.gated and not self._known():
            said = f"Access to model {name} is restricted. You must have access to it and be authenticated."
            self._say(401, {"error": said}, X_Error_Code="GatedRepo", X_Error_Message=said)
        elif path not in repo.at[commit]:
            self._say(404, {"error": "Entry not found"}, X_Error_Code="EntryNotFound", X_Repo_Commit=commit)
        elif repo.large(path):
            data = repo.at[commit][path]
            stored = hashlib.sha256(data).hexdigest()
            self.server.blobs[stored] = data
            headers = {"X_Linked_Etag": f'"{repo.told(path, data)}"', "X_Linked_Size": str(len(data))}
            self._say(302, b"", Location=f"{self.server.storage}/lfs/{stored}", X_Repo_Commit=commit, **headers)
        else:
            data = repo.at[commit][path]
            self._part(data, ETag=f'"{git_oid(data)}"', X_Repo_Commit=commit)

    def large_file(self, _, stored):
        self.server.shown.append(self.headers.get("Authorization"))
        self._part(self.server.blobs[stored], ETag=f'"{stored}"')

    def _part(self, data, **headers):
        """The bytes that are asked for; cut off, and then refused, as often as `cuts` says."""
        first, status, whole = 0, 200, len(data)
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last, status = int(asked[1]), int(asked[2] or whole - 1), 206
            headers["Content_Range"] = f"bytes {first}-{min(last, whole - 1)}/{whole}"
            data = data[first : last + 1]
            self.server.ranges.append(first)
        if self.command == "GET" and self.server.refusals:
            self.server.refusals -= 1
            return self._say(500, {"error": "out of order"})
        if self.command == "GET" and self.server.cuts and len(data) > 1:
            self.server.cuts -= 1
            self.send_response(status)
            for name, said in headers.items():
                self.send_header(name.replace("_", "-"), said)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
            return None
        return self._say(status, data, **headers)


NAME = r"/([\w.-]+/[\w.-]+)"
ROUTES = [
    ("POST", "/api/repos/create", Handler.create),
    ("POST", "/api/validate-yaml", Handler.validate),
    ("GET", f"/api/(datasets|models){NAME}/tree/([^/]+)(/.+)?", Handler.tree),
    ("POST", f"/api/(datasets|models){NAME}/paths-info/([^/]+)", Handler.paths_info),
    ("POST", f"/api/(datasets|models){NAME}/preupload/([^/]+)", Handler.preupload),
    ("POST", f"/api/(datasets|models){NAME}/commit/([^/]+)", Handler.commit),
    ("GET", f"/api/datasets{NAME}/revision/([^/]+)", Handler.info),
    ("GET", f"/api/datasets{NAME}", Handler.info),
    ("POST", rf"/(datasets/)?{NAME[1:]}\.git/info/lfs/objects/batch", Handler.batch),
    ("ANY", f"/datasets{NAME}/resolve/([^/]+)/(.+)", Handler.resolve),
    ("GET", f"/api/models{NAME}/revision/([^/]+)", Handler.model_info),
    ("GET", f"/api/models{NAME}", Handler.model_info),
    ("ANY", "/lfs/([0-9a-f]{64})", Handler.large_file),
    ("ANY", f"{NAME}/resolve/([^/]+)/(.+)", Handler.resolve_model),
]


class Hub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos, self.blobs, self.calls, self.complaints = {}, {}, [], []
        self.models, self.cuts, self.refusals, self.ranges, self.shown = {}, 0, 0, [], []
        self.upload_cuts, self.let_through, self.taken, self.stored, self.echo = 0, 0, 0, [], None
        self.lock, self.cut, self.go_on = threading.Condition(), threading.Event(), threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.storage = f"http://localhost:{self.server_port}"  # another host, as the hub has it


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
