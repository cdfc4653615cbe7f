"""In which language somebody wrote: told by the number or page they wrote to, else by the script, else by a guess."""

import threading
from collections.abc import Mapping
from typing import Protocol

KNOWN = ("en", "th", "my", "km", "lo", "vi", "ne")
SURE = 0.8
"""What a guess must reach; below it the language stays unknown, and a person sees."""
_SHORTEST = 12
_LATIN = ("en", "vi", "id", "tl")
_INDIC = ("ne", "hi")
"""Between which a guess decides: those that people here write, with neighbours that are easily taken for them."""

_SCRIPTS = {
    "th": ("\u0e00", "\u0e7f"),
    "lo": ("\u0e80", "\u0eff"),
    "my": ("\u1000", "\u109f"),
    "km": ("\u1780", "\u17ff"),
}
_DEVANAGARI = ("\u0900", "\u097f")


class Ranking(Protocol):
    """A model that ranks languages."""

    def set_languages(self, langs: list[str] | None = None) -> None:
        """Restrict it."""
        ...

    def classify(self, text: str) -> tuple[str, float]:
        """Return the likeliest language and how likely it is."""
        ...


class Languages:
    """Tells languages; the model of a guess is read from disk when it is first needed, which takes half a second."""

    def __init__(self, accounts: Mapping[str, str] | None = None) -> None:
        """`accounts` has the language of each `channel/account` that serves one."""
        self._accounts = accounts or {}
        self._model: Ranking | None = None
        self._among: tuple[str, ...] = ()
        self._lock = threading.Lock()

    @property
    def is_quick(self) -> bool:
        """Whether a guess takes a tenth of a millisecond: the model was read already."""
        return self._model is not None

    def of(self, channel: str, account: str, text: str) -> str | None:
        """Return the language, or None where nothing is sure."""
        return self._accounts.get(f"{channel}/{account}") or self.written_in(text)

    def written_in(self, text: str) -> str | None:
        """Return the language that a text is written in: by its script where that tells, else by a guess."""
        counts = {tag: sum(first <= sign <= last for sign in text) for tag, (first, last) in _SCRIPTS.items()}
        tag, most = max(counts.items(), key=lambda one: one[1])
        letters = sum(sign.isalpha() for sign in text)
        if most and most * 2 >= letters:
            return tag
        if letters < _SHORTEST:
            return None
        first, last = _DEVANAGARI
        among = _INDIC if sum(first <= sign <= last for sign in text) * 2 >= letters else _LATIN
        # Messages that come together before the model is there read it once, and each guess has its own restriction.
        with self._lock:
            model = self._loaded()
            if among != self._among:
                # Costs thirty times what a guess costs.
                model.set_languages(list(among))
                self._among = among
            guess, likely = model.classify(text)
        return guess if likely >= SURE and guess in KNOWN else None

    def _loaded(self) -> Ranking:
        if self._model is None:
            from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - large, and rarely needed

            self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        return self._model
