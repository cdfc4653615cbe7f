"""Finding many phrases in one pass over a text (Aho and Corasick, 1975): what scripts without spaces need."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Found(NamedTuple, Generic[T]):
    """A phrase that stands in the text from `start` to before `end`, and what it means."""

    start: int
    end: int
    meaning: T


class Phrases(Generic[T]):
    """Any number of phrases, each with a meaning. One that begins with a Latin letter begins a word of the text."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Build the automaton."""
        self._next: list[dict[str, int]] = [{}]
        self._ends: list[list[tuple[int, T]]] = [[]]
        self._fail: list[int] = [0]
        for phrase, meaning in phrases:
            self._add(phrase, meaning)
        self._link()

    def find(self, text: str) -> Iterator[Found[T]]:
        """Return every place where a phrase stands, in the order of their ends."""
        state, following, fail, ends = 0, self._next, self._fail, self._ends  # looked up once, not for every sign
        for place, sign in enumerate(text, start=1):
            row = following[state]
            while sign not in row and state:
                state = fail[state]
                row = following[state]
            state = row.get(sign, 0)
            for length, meaning in ends[state]:
                start = place - length
                if not (start and _latin(text[start]) and _latin(text[start - 1])):
                    yield Found(start, place, meaning)

    def _add(self, phrase: str, meaning: T) -> None:
        state = 0
        for sign in phrase:
            if sign not in self._next[state]:
                self._next[state][sign] = len(self._next)
                self._next.append({})
                self._ends.append([])
                self._fail.append(0)
            state = self._next[state][sign]
        self._ends[state].append((len(phrase), meaning))

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for sign, following in self._next[state].items():
                back = self._fail[state]
                while back and sign not in self._next[back]:
                    back = self._fail[back]
                self._fail[following] = self._next[back].get(sign, 0)
                self._ends[following] += self._ends[self._fail[following]]
                waiting.append(following)


def _latin(sign: str) -> bool:
    return sign.isalpha() and sign < "\u0250"
