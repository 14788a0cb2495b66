"""The writer behind a server, against a real one on this machine: every way in which it may misbehave."""

import json
import time

import pytest
from chat_server import breaks_off, chat_server, drips_headers, hangs, never_ends, says, sends
from told import answer, task

from dramatis.backends.writers import Attempt
from dramatis.backends.writers.chat import messages_of, schema_of
from dramatis.backends.writers.openai import load
from dramatis.backends.writers.params import OpenAIParams
from dramatis.core.errors import InputError, MissingError

KEY = "sk-very-secret-123"
PARAMS = OpenAIParams(
    address_env="TEST_ADDRESS",
    key_env="TEST_KEY",
    model="small",
    temperature=0.5,
    max_tokens=1000,
    connect_s=2,
    read_s=20,
    total_s=20,
    max_bytes=100_000,
)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("dramatis.backends.writers.openai.PAUSE_S", 0.01)
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def ask(monkeypatch, desk, earlier=(), **changes):
    monkeypatch.setenv("TEST_ADDRESS", desk.address + "/")
    return load(PARAMS.model_copy(update=changes)).write(task(), list(earlier))


def test_an_answer(monkeypatch):
    with chat_server(says(answer())) as desk:
        assert ask(monkeypatch, desk) == answer()
    (asked,) = desk.asked
    assert asked["path"] == "/v1/chat/completions" and asked["model"] == "small" and asked["seed"] == 7
    assert asked["response_format"]["json_schema"]["schema"]["properties"]["scenes"]["maxItems"] == 4
    assert desk.keys == [f"Bearer {KEY}"]
    assert "umbrella" in asked["messages"][1]["content"] and "cyrus" in asked["messages"][1]["content"]


def test_what_was_wrong_goes_back(monkeypatch):
    with chat_server(says(answer())) as desk:
        ask(monkeypatch, desk, [Attempt("Once upon a time", "it is no JSON")])
    said = desk.asked[0]["messages"]
    assert [one["role"] for one in said] == ["system", "user", "assistant", "user"]
    assert said[2]["content"] == "Once upon a time" and "it is no JSON" in said[3]["content"]


def test_a_server_that_knows_no_schema_is_asked_for_json_and_then_for_anything(monkeypatch):
    refuses = sends('{"error": "unknown response_format"}', 400)
    with chat_server(refuses, refuses, says("{}")) as desk:
        assert ask(monkeypatch, desk) == "{}"
    forms = [asked.get("response_format", {}).get("type") for asked in desk.asked]
    assert forms == ["json_schema", "json_object", None]


def test_a_busy_server_is_asked_again(monkeypatch):
    with chat_server(sends("", 429, Retry_After="0"), sends("", 503), says("{}")) as desk:
        assert ask(monkeypatch, desk) == "{}"
    assert len(desk.asked) == 3


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (sends('{"error": "bad key sk-very-secret-123"}', 401), r"it does not take the key \(HTTP 401: .*\*\*\*"),
        (sends("", 403), r"\(HTTP 403\)"),
        (sends("no model `small`", 404), r"no such address or model \(HTTP 404: no model `small`\)"),
        (sends("slow down", 429, Retry_After="0"), r"too much to do.*\(HTTP 429: slow down\)"),
        (sends("x" * 5000, 500), r"it failed \(HTTP 500: x{200}\)"),
        (sends("", 302, Location="http://127.0.0.1:9/steal"), r"it failed \(HTTP 302\)"),
        (sends("<html>hello</html>"), "its reply is none of a chat: <html>hello</html>"),
        (sends(""), "its reply is none of a chat: nothing"),
        (sends("[" * 5000), "its reply is none of a chat"),
        (sends('{"choices": []}'), "its reply is none of a chat"),
        (says("{", finish="length"), "its answer was cut off at 1000 tokens"),
        (never_ends(), "its reply is longer than 100000 bytes"),
        (breaks_off, "the connection broke off|it broke off"),
    ],
)
def test_everything_else_is_one_line_without_the_key(monkeypatch, caplog, reply, said):
    caplog.set_level("DEBUG")
    with chat_server(reply) as desk, pytest.raises(InputError, match=said) as failed:
        ask(monkeypatch, desk)
    assert KEY not in str(failed.value) + caplog.text and "\n" not in str(failed.value)


@pytest.mark.parametrize(
    ("reply", "limits", "said"),
    [
        (hangs(60), {"read_s": 0.5}, "it said nothing for 0.5 s"),
        (never_ends(0.2, b" "), {"total_s": 1.5}, "no whole answer in 1.5 s"),
        (drips_headers, {"total_s": 1.5}, "no whole answer in 1.5 s"),
    ],
)
def test_whoever_takes_too_long_is_not_waited_for(monkeypatch, reply, limits, said):
    began = time.monotonic()
    with chat_server(reply) as desk, pytest.raises(InputError, match=said):
        ask(monkeypatch, desk, **limits)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("content", [None, "", "Once upon a time"])
def test_nothing_and_prose_are_answers_too(monkeypatch, content):  # they go back to the model, as faults
    with chat_server(says(content)) as desk:
        assert ask(monkeypatch, desk) == (content or "")


def test_nobody_is_there(monkeypatch):
    with chat_server(says("{}")) as desk:
        pass
    with pytest.raises(InputError, match="writer openai at http://127.0.0.1:.*: no connection"):
        ask(monkeypatch, desk)


def test_an_address_is_wanted_and_its_secrets_are_not_told(monkeypatch):
    monkeypatch.delenv("TEST_ADDRESS", raising=False)
    with pytest.raises(MissingError, match="variable TEST_ADDRESS: it holds no address"):
        load(PARAMS)
    for wrong in ("file:///etc/passwd", "http://127.0.0.1:99999/v1", "http://here:port/v1", "http://[::1/v1"):
        monkeypatch.setenv("TEST_ADDRESS", wrong)
        with pytest.raises(MissingError, match="it is no address"):
            load(PARAMS)
    monkeypatch.setenv("TEST_ADDRESS", "http://me:hunter2@127.0.0.1:1/v1?token=abc")
    assert load(PARAMS).place == "writer openai at http://127.0.0.1:1/v1"
    monkeypatch.setenv("TEST_KEY", "line\nbreak")
    with pytest.raises(MissingError, match="variable TEST_KEY: this is no key"):
        load(PARAMS)


def test_the_schema_is_one_that_strict_servers_take():
    text = json.dumps(schema_of(task()))
    assert '"additionalProperties": false' in text and "maxLength" not in text and '"enum": ["ada", "cyrus"]' in text

    def walk(value):
        if isinstance(value, dict):
            if "properties" in value:
                assert value["required"] == list(value["properties"])
            for inner in value.values():
                walk(inner)

    walk(schema_of(task()))
    assert schema_of(task())["$defs"]["Scene"]["properties"].keys() >= {"prompt", "caption", "framing"}
    assert messages_of(task(place="beach"), [])[1]["content"].count("beach") >= 1
