"""What a line says: its clauses, and of each who does what with which thing, to whom, where and when.

The line is plain English of any length; names stand in backquotes. What is not understood stays in the text as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dramatis.backends.plot.english import (
    ADVERBS,
    DETERMINERS,
    JOINTS,
    NOT,
    OBJECTS,
    OF_PLACES,
    PLURALS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECTS,
    THERE,
)
from dramatis.backends.plot.words import Effect, Grammar

TOKEN = re.compile(r"`(?P<name>[^`]+)`(?:['’]s\b)?|(?P<word>[^\W_][\w'’-]*)|(?P<sign>[^\w\s])")
STOPS = frozenset(".;!?…")


@dataclass(frozen=True)
class Noun:
    """A thing that a line speaks of."""

    name: str
    """As the line has it, without `a`, `the` or `her`: `red umbrella`."""
    entry: str | None
    """Its key in the grammar's objects; None if it is not among them."""
    plural: bool = False
    possessive: str | None = None
    """`her`, `his` or `their` where the line has it."""


@dataclass(frozen=True)
class Spot:
    """A place or a time that a line speaks of."""

    name: str
    entry: str | None
    """Its key in the grammar; None if it is not there."""
    said: str
    """As the line puts it: `in the old library`."""


@dataclass(frozen=True)
class Clause:
    """One thing that happens."""

    text: str
    """Its words, names as ids in backquotes, without the word that joins it to the one before."""
    subjects: tuple[str, ...] = ()
    """Characters who do it; of the clause before where it names nobody."""
    named: bool = False
    """Whether its words say who does it."""
    verb: str | None = None
    effect: Effect | None = None
    face: str | None = None
    thing: Noun | None = None
    whom: tuple[str, ...] = ()
    """Other characters in it."""
    place: Spot | None = None
    times: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    """Of a name: the key of the character; of a word: in lower case."""
    start: int
    end: int


def tokens_of(line: str, keys: Mapping[str, str]) -> list[Token]:
    """The tokens of a line; a name in backquotes is one.

    Args:
        keys: character of each name that may stand in backquotes.
    """
    found = []
    for match in TOKEN.finditer(line):
        kind = match.lastgroup or "sign"
        text = keys[match["name"].strip()] if kind == "name" else match[0].lower()
        found.append(Token(kind, text, match.start(), match.end()))
    return found


def read_line(line: str, keys: Mapping[str, str], grammar: Grammar) -> list[Clause]:
    """The clauses of a line in order, at least one."""
    tokens = tokens_of(line, keys)
    parts = [part for part in _parts(tokens, grammar) if any(token.kind != "sign" for token in part)]
    clauses: list[Clause] = []
    for part in parts or [tokens]:
        clauses.append(_clause(line, part, clauses, grammar))
    return clauses


def _parts(tokens: Sequence[Token], grammar: Grammar) -> list[list[Token]]:
    """The tokens cut where something else begins to happen."""
    parts: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        if token.text in STOPS and token.kind == "sign":
            parts.append([])
            continue
        joint = token.text == "," if token.kind == "sign" else token.kind == "word" and token.text in JOINTS
        rest = tokens[place + 1 :]
        if joint and _verb_at(parts[-1], grammar) is not None and _begins(_until_stop(rest), grammar):
            parts.append([])
        else:
            parts[-1].append(token)
    return [_without_joints(part) for part in parts]


def _until_stop(tokens: Sequence[Token]) -> list[Token]:
    for place, token in enumerate(tokens):
        if token.kind == "sign" and token.text in STOPS:
            return _without_joints(tokens[:place])
    return _without_joints(tokens)


def _without_joints(tokens: Sequence[Token]) -> list[Token]:
    """Tokens without commas and joining words at their beginning."""
    place = 0
    while place < len(tokens) and (tokens[place].kind == "sign" or tokens[place].text in JOINTS):
        place += 1
    return list(tokens[place:])


def _begins(rest: Sequence[Token], grammar: Grammar) -> bool:
    """Whether tokens begin like a clause: somebody and a verb, or a known verb."""
    subjects = _subject_end(rest)
    at = _verb_at(rest, grammar)
    if at is None:
        return False
    if subjects:
        return True
    verb = _skip_adverbs(rest, 0)
    if verb == at and rest[at].text in grammar.by_form:
        return True
    return rest[0].text in DETERMINERS and rest[at].text in grammar.by_form and at <= 4


def _subject_end(tokens: Sequence[Token]) -> int:
    """Tokens of the subject: names joined by `and` and commas, or a pronoun; 0 without."""
    if tokens and tokens[0].kind == "word" and tokens[0].text in SUBJECTS:
        return 1
    end, place = 0, 0
    while place < len(tokens):
        if tokens[place].kind == "name":
            place = end = place + 1
        elif end and tokens[place].text in (",", "and", "or", "&"):
            place += 1
        else:
            break
    return end


def _skip_adverbs(tokens: Sequence[Token], place: int) -> int:
    while place < len(tokens) and (
        tokens[place].text in ADVERBS or (tokens[place].kind == "word" and tokens[place].text.endswith("ly"))
    ):
        place += 1
    return place


def _verb_at(tokens: Sequence[Token], grammar: Grammar) -> int | None:
    """Where the verb stands; None without. Behind a subject, any word is one that can be none of the small ones."""
    place = _skip_adverbs(tokens, _subject_end(tokens))
    if place < len(tokens) and tokens[place].kind == "word":
        word = tokens[place].text
        if word in grammar.by_form or (place and word not in DETERMINERS | PREPOSITIONS | JOINTS):
            return place
    for at, token in enumerate(tokens):
        if token.kind == "word" and token.text in grammar.by_form and not _is_noun(tokens, at):
            return at
    return None


def _is_noun(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word that may be a verb follows `a`, `the`, `her` or `in`: `in the fall`."""
    return at > 0 and tokens[at - 1].text in DETERMINERS | PREPOSITIONS


def _clause(line: str, tokens: Sequence[Token], before: Sequence[Clause], grammar: Grammar) -> Clause:
    last = before[-1] if before else None
    if not tokens:
        return Clause(text=line.strip())
    first = _subject_end(tokens)
    at = _verb_at(tokens, grammar)
    names = tuple(
        dict.fromkeys(token.text for token in tokens[: at if at is not None else first] if token.kind == "name")
    )
    bare = at is not None and _skip_adverbs(tokens, 0) == at
    subjects = names
    if not names and last and (bare or tokens[0].text in SUBJECTS):
        subjects = _meant(tokens[0].text, last)
    negated = any(token.text in NOT for token in tokens[: (at or 0) + 2])
    verb = grammar.by_form.get(tokens[at].text) if at is not None and not negated else None
    read = _Rest(tokens[at + 1 :] if at is not None else tokens[first:], before, grammar, subjects)
    made = Clause(
        text=_text(line, tokens),
        subjects=subjects,
        named=bool(names) or not bare,
        verb=tokens[at].text if at is not None else None,
        effect=verb.effect if verb else None,
        face=verb.face if verb else None,
        thing=read.thing,
        whom=tuple(name for name in dict.fromkeys(read.names) if name not in subjects),
        place=read.place,
        times=tuple(read.times),
    )
    early = _Rest(tokens[:at], before, grammar, subjects) if at and not first else None  # `At night, ...`
    if early:
        made = replace(made, place=made.place or early.place, times=(*early.times, *made.times))
    return made


def _meant(word: str, last: Clause) -> tuple[str, ...]:
    """Whom a pronoun, or no word at all, means: those of the clause before."""
    if word == "it":
        return ()
    everybody = (*last.subjects, *last.whom)
    return everybody if word == "they" else last.subjects


def _text(line: str, tokens: Sequence[Token]) -> str:
    """The words of a clause, names as ids in backquotes."""
    pieces, at = [], tokens[0].start
    for token in tokens:
        if token.kind == "name":
            tail = line[token.start : token.end].rpartition("`")[2]
            pieces += [line[at : token.start], f"`{token.text}`{tail}"]
            at = token.end
    return ("".join(pieces) + line[at : tokens[-1].end]).strip(" ,")


class _Rest:
    """What stands behind the verb: things, people, places and times."""

    def __init__(self, tokens: Sequence[Token], before: Sequence[Clause], grammar: Grammar, subjects: Sequence[str]):
        self.thing: Noun | None = None
        self.names: list[str] = []
        self.place: Spot | None = None
        self.times: list[Spot] = []
        self._grammar, self._before, self._subjects = grammar, before, subjects
        place, preposition = 0, ""
        while place < len(tokens):
            token = tokens[place]
            if token.kind == "name":
                self.names.append(token.text)
                place += 1
            elif token.kind == "sign" or token.text in JOINTS:
                place, preposition = place + 1, "" if token.text != "and" else preposition
            elif token.text in PREPOSITIONS:
                place, preposition = place + 1, token.text
            else:
                end = self._phrase_end(tokens, place)
                self._phrase([one.text for one in tokens[place:end]], preposition)
                place, preposition = end, ""

    def _phrase_end(self, tokens: Sequence[Token], start: int) -> int:
        end = start
        while end < len(tokens) and tokens[end].kind == "word":
            text = tokens[end].text
            if text in PREPOSITIONS | JOINTS | ADVERBS or (end > start and text in DETERMINERS):
                break
            end += 1
        return max(end, start + 1)

    def _phrase(self, words: list[str], preposition: str) -> None:
        """Takes a phrase for what it is: a pronoun, a place, a time or a thing."""
        if len(words) == 1 and words[0] in OBJECTS:
            self._pronoun(words[0])
            return
        determiner = words[0] if words[0] in DETERMINERS else ""
        noun = " ".join(word for word in words[bool(determiner) :] if not word.endswith("ly"))
        said = " ".join(filter(None, (preposition, determiner, noun)))
        if not noun or noun in ADVERBS:
            return
        if (preposition in OF_PLACES or noun == "home") and self._spot(noun, said, preposition):
            return
        if self.thing is None and (determiner or self._grammar.thing(noun)) and preposition in ("", "for", "with"):
            plural = determiner in PLURALS or (noun.endswith("s") and not noun.endswith("ss") and determiner != "a")
            entry = self._grammar.thing(noun)
            plural = plural and not (entry and entry.endswith("s") and noun.endswith(entry)) or entry == "glasses"
            self.thing = Noun(noun, entry, plural, determiner if determiner in POSSESSIVES else None)

    def _spot(self, noun: str, said: str, preposition: str) -> bool:
        time, place = self._grammar.time(noun), self._grammar.place(noun)
        if time:
            self.times.append(Spot(noun, time, said))
            return True
        if place or not self._grammar.thing(noun):
            if preposition not in ("", "over", "under", "between", "among", "around") or place:
                here = f"at {said}" if noun == "home" and not preposition else said
                self.place = self.place or Spot(noun, place, _standing(here))
            return True
        return False

    def _pronoun(self, word: str) -> None:
        """Takes up the thing or the person that was spoken of last."""
        if word in ("it", "them"):
            self.thing = self.thing or next((one.thing for one in reversed(self._before) if one.thing), None)
        if word != "it" and not (word == "them" and self.thing):
            others = [name for one in reversed(self._before) for name in (*one.whom, *one.subjects)]
            self.names += [name for name in others if name not in self._subjects][:1]


def _standing(said: str) -> str:
    """Where one is who went there: `to the city` as `in the city`, `into the forest` as `in the forest`."""
    first, _, rest = said.partition(" ")
    return f"{THERE.get(first, first)} {rest}"
