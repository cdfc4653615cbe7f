"""The story of a case, told from its facts alone: what happened, when, by whom, and in time or late.

`sentences` puts every kind of fact into words · `duties` knows what was due and when · `story` tells them in order ·
`unsealing` opens what people said.
"""

from shared.cli.replaying.story import Told, as_json, as_text, story
from shared.cli.replaying.unsealing import masked_facts, unsealed

__all__ = ["Told", "as_json", "as_text", "masked_facts", "story", "unsealed"]
