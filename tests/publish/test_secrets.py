import logging
import warnings

import pytest

from dramatis.publish.secrets import HIDDEN, secrets_in, silent_about, without_secrets


@pytest.mark.parametrize(
    "text",
    [
        "token s3cr3t-value",
        "Authorization: Bearer s3cr3t-value",
        "authorization: basic s3cr3t-value",
        "https://me:s3cr3t-value@host/path",
        "ssh://s3cr3t-value@host",
        "https://store/a?x=1&X-Amz-Signature=s3cr3t-value&y=2",
    ],
)
def test_secrets_go_and_the_rest_stays(text):
    said = without_secrets(text, ["s3cr3t-value", None, ""])
    assert "s3cr3t-value" not in said and HIDDEN in said
    if "token" not in text:  # by its shape, whoever knows it
        assert "s3cr3t-value" not in without_secrets(text)


@pytest.mark.parametrize("text", ["hf_xet is not installed", "https://host/a@b?x=1&y=2", "the bearer", "hf://me/solo"])
def test_what_is_none_stays(text):
    assert without_secrets(text) == text


def test_a_secret_in_another_is_hidden_whole():
    assert without_secrets("abcdef", ["abc", "abcdef"]) == HIDDEN


def test_secrets_of_a_remote():
    said = {
        "url": "s3://x",
        "access_key_id": "A",
        "secret_access_key": "B",
        "password": "C",
        "verify": True,
        "user": "D",
    }
    assert secrets_in(said) == ["A", "B", "C"]


def test_logs_and_warnings_of_any_library(caplog):
    with silent_about(["s3cr3t"]), caplog.at_level(logging.DEBUG):
        logging.getLogger("a.library").warning("sent %s to %s", "s3cr3t", "host")
        warnings.warn("said s3cr3t", stacklevel=1)
    assert "s3cr3t" not in caplog.text
    assert f"sent {HIDDEN} to host" in caplog.text and f"said {HIDDEN}" in caplog.text
    logging.getLogger("a.library").warning("s3cr3t")
    assert "s3cr3t" in caplog.text
