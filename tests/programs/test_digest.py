"""What counts as another program, and what does not."""

import pytest

from dramatis.programs.digest import code_digest

CODE = '''"""Says hello."""


class Hello:
    """Greets."""

    word: str = "hello"
    """What is said."""

    def say(self, name: str = "you") -> str:
        return f"{self.word}, {name}"  # politely
'''
SAME = {
    "a comment": CODE.replace("politely", "rudely"),
    "a new comment": "# new\n" + CODE,
    "a docstring": CODE.replace("Greets.", "Greets everybody."),
    "no docstring": CODE.replace('    """Greets."""\n', ""),
    "another layout": CODE.replace('f"{self.word}, {name}"', '(\n            f"{self.word}, {name}"\n        )'),
    "other quotes": CODE.replace('"hello"', "'hello'"),
}
OTHER = {
    "a word": CODE.replace('"hello"', '"hi"'),
    "a default": CODE.replace('"you"', '"we"'),
    "a name": CODE.replace("class Hello", "class Hi"),
    "a type": CODE.replace("word: str", "word: Text"),
    "a string that is used": CODE.replace('    """What is said."""\n', '    other = """What is said."""\n'),
    "a line less": CODE.replace('        return f"{self.word}, {name}"  # politely\n', "        ...\n"),
    "an error": CODE + "def (:\n",
}


@pytest.fixture
def digest(tmp_path):
    def of(text, name="a.py"):
        (tmp_path / name).write_text(text)
        return code_digest(tmp_path / name)

    return of


@pytest.mark.parametrize("change", SAME)
def test_what_decides_nothing_does_not_count(digest, change):
    assert SAME[change] != CODE and digest(SAME[change]) == digest(CODE)


@pytest.mark.parametrize("change", OTHER)
def test_everything_else_counts(digest, change):
    assert OTHER[change] != CODE and digest(OTHER[change]) != digest(CODE)


def test_of_other_files_every_byte_counts(digest):
    assert digest("<p>", "page.html") != digest("<p> ", "page.html")


def test_a_file_that_does_not_parse_has_the_digest_of_its_bytes(digest):
    assert digest("def (: # a\n") != digest("def (: # b\n")
    assert digest("x = '\0'\n") != digest("x = '\0\0'\n")
