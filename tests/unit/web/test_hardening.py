"""What every answer tells browsers, and how often one key may ask."""

import pytest

from shared.errors import TooManyError
from shared.web.rates import Rates


class Seconds:
    """A steady clock that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        """Return the seconds that the test set."""
        return self.now


def test_who_asks_too_often_is_told_when_to_return_and_others_go_on() -> None:
    seconds = Seconds()
    rates = Rates(per_second=0.5, burst=2, seconds=seconds)
    rates.take("acme", "thida")
    rates.take("acme", "thida")
    with pytest.raises(TooManyError) as caught:
        rates.take("acme", "thida")
    assert caught.value.fields["retry_after"] == 2
    rates.take("acme", "aung")
    rates.take("other", "thida")
    seconds.now += 2
    rates.take("acme", "thida")
    with pytest.raises(TooManyError):
        rates.take("acme", "thida")
