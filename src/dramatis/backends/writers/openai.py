"""Writers behind a server that speaks the protocol of OpenAI's chat completions: llama.cpp, vLLM, Ollama and others.

Protocol: `POST <address>/chat/completions`, https://platform.openai.com/docs/api-reference/chat.
"""

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from dramatis.backends.writers import Attempt, Task
from dramatis.backends.writers.chat import messages_of, schema_of
from dramatis.backends.writers.params import OpenAIParams
from dramatis.core.errors import InputError, MissingError

BUSY = (429, 500, 502, 503, 504)
"""Replies after which it is worth asking again."""
NOT_KNOWN = (400, 415, 422, 501)
"""Replies of a server that does not know a form of answer."""
TIMES, PAUSE_S, LONGEST_PAUSE_S = 3, 1.0, 30.0
SAID = 200
"""Characters of a server's words that stand in an error."""


def load(params: OpenAIParams) -> "OpenAIWriter":
    """The writer behind the address in the environment.

    Raises:
        MissingError: there is no address, or a wrong one.
    """
    address = os.environ.get(params.address_env, "").strip().rstrip("/")
    setting = f"environment variable {params.address_env}"
    if not address:
        remedy = "Set it to the server's, such as http://127.0.0.1:8080/v1, or use the writer `grammar`"
        raise MissingError(setting, "it holds no address of a server", remedy)
    if not _is_address(address):
        raise MissingError(setting, "it is no address", "Write it as http://127.0.0.1:8080/v1")
    key = os.environ.get(params.key_env, "").strip() if params.key_env else ""
    if not key.isascii() or not key.isprintable():
        raise MissingError(f"environment variable {params.key_env}", "this is no key", "Set it anew")
    return OpenAIWriter(params, address, key)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


class OpenAIWriter:
    """A server; see `Writer`."""

    def __init__(self, params: OpenAIParams, address: str, key: str):
        self.params, self._address, self._key = params, address, key
        self.model: Mapping[str, Any] = {
            "writer": "openai",
            "model": params.model,
            "temperature": params.temperature,
            "max_tokens": params.max_tokens,
        }
        self._form = 0
        """Which form of answer to ask for; a server that refuses one is asked for the next."""

    @property
    def place(self) -> str:
        """The server for messages: without what the address may hold of names and keys."""
        parts = urlsplit(self._address)
        return f"writer openai at {parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"

    def write(self, task: Task, earlier: Sequence[Attempt]) -> str:
        """The model's answer.

        Raises:
            InputError: no connection, a refusal, a reply that is none, or one that takes too long or is too long.
        """
        until = time.monotonic() + self.params.total_s
        schema = {"name": "storyboard", "schema": schema_of(task), "strict": True}
        forms: list[dict[str, Any] | None] = [
            {"type": "json_schema", "json_schema": schema},
            {"type": "json_object"},
            None,
        ]
        question: dict[str, Any] = {
            "messages": messages_of(task, earlier),
            "temperature": self.params.temperature,
            "max_tokens": self.params.max_tokens,
            "seed": (task.seed + len(earlier)) % 2**31,
            "stream": False,
        }
        question |= {"model": self.params.model} if self.params.model else {}
        while True:
            form = forms[self._form]
            status, text = self._reply(question | ({"response_format": form} if form else {}), until)
            if status in NOT_KNOWN and form is not None:
                self._form += 1
                continue
            if status != 200:
                raise self._refused(status, text)
            return self._content(text)

    def _reply(self, question: dict[str, Any], until: float) -> tuple[int, str]:
        """Status and text of the reply; a busy server is asked again while there is time."""
        for attempt in range(TIMES):
            status, text, wait = self._in_time(question, until)
            pause = min(wait if wait is not None else PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
            if status not in BUSY or attempt == TIMES - 1 or time.monotonic() + pause >= until:
                break
            time.sleep(pause)
        return status, text

    def _in_time(self, question: dict[str, Any], until: float) -> tuple[int, str, float | None]:
        """One reply, or an error when time is up, whatever the server is doing: it is asked in a thread."""
        done: list[tuple[int, str, float | None] | Exception] = []

        def ask() -> None:
            try:
                done.append(self._ask(question, until))
            except Exception as error:  # noqa: BLE001 - raised below, where somebody sees it
                done.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(max(until - time.monotonic(), 0))
        if not done:
            raise self._late()
        if isinstance(done[0], Exception):
            raise done[0]
        return done[0]

    def _ask(self, question: dict[str, Any], until: float) -> tuple[int, str, float | None]:
        """Status, text and wanted pause of one reply."""
        try:
            with requests.post(
                f"{self._address}/chat/completions",
                json=question,
                auth=self._sign,
                stream=True,
                allow_redirects=False,
                timeout=(self.params.connect_s, self.params.read_s),
            ) as reply:
                body = bytearray()
                for part in reply.iter_content(1 << 14):
                    body += part
                    if len(body) > self.params.max_bytes:
                        problem = f"its reply is longer than {self.params.max_bytes} bytes"
                        raise InputError(self.place, problem, "Raise `story.openai.max_bytes` if that is right")
                    if time.monotonic() > until:
                        raise self._late()
                wait = reply.headers.get("Retry-After", "")
                return reply.status_code, body.decode("utf-8", "replace"), float(wait) if wait.isdecimal() else None
        except requests.ConnectTimeout:
            raise self._failed(f"no connection in {self.params.connect_s:g} s") from None
        except requests.Timeout:
            raise self._failed(f"it said nothing for {self.params.read_s:g} s") from None
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            said = "the connection broke off" if isinstance(error, requests.exceptions.ChunkedEncodingError) else ""
            if not said and isinstance(error, requests.ConnectionError):
                said = "no connection, or it broke off" if "timed out" not in str(error) else "it stopped speaking"
            raise self._failed(said or f"it cannot be asked ({type(error).__name__})") from None

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds the key; as an `auth`, so that no .netrc says another."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    def _content(self, text: str) -> str:
        """What the model said in a reply; prose and nothing go back to it as every fault does."""
        try:
            choice = json.loads(text)["choices"][0]
            said = choice["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            problem = f"its reply is none of a chat: {self._clean(text) or 'nothing'}"
            raise InputError(self.place, problem, "Check the address, which mostly ends in /v1") from None
        if choice.get("finish_reason") == "length":
            problem = f"its answer was cut off at {self.params.max_tokens} tokens"
            raise InputError(self.place, problem, "Raise `story.openai.max_tokens`, or ask for fewer panels")
        return said if isinstance(said, str) else ""

    def _refused(self, status: int, text: str) -> InputError:
        """What a status means."""
        key = self.params.key_env or "of the server"
        means = {
            401: ("it does not take the key", f"Set the environment variable {key}"),
            403: ("it does not take the key", f"Set the environment variable {key}"),
            404: ("there is no such address or model", "Mend the address, or `story.openai.model`"),
            429: ("it has too much to do, or the account is used up", "Try later"),
        }
        problem, remedy = means.get(status, ("it failed", "See its log, or try later"))
        said = self._clean(text)
        return InputError(self.place, f"{problem} (HTTP {status}{f': {said}' if said else ''})", remedy)

    def _clean(self, text: str) -> str:
        """The beginning of a server's words, on one line and without the key."""
        text = text.replace(self._key, "***") if self._key else text
        return " ".join(text.split())[:SAID].rstrip(".")

    def _late(self) -> InputError:
        problem = f"no whole answer in {self.params.total_s:g} s"
        return InputError(self.place, problem, "Raise `story.openai.total_s`, or ask a faster model")

    def _failed(self, problem: str) -> InputError:
        return InputError(self.place, problem, "Is it running? Check its address, or use the writer `grammar`")
