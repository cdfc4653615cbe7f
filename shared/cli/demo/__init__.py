"""A believable year, put into a running system through its public API, so that a newcomer sees it at work.

`cast` the places, channels and organisations · `texts` what workers write · `life` what becomes of a case · `around`
what surrounds the cases · `year` the whole year as a plan, the same for the same seed · `client` HTTP with patience ·
`playing` the plan carried out.
Everything is invented. Played again with the same seed it adds nothing.
"""

from shared.cli.demo.playing import DemoResult, fill

__all__ = ["DemoResult", "fill"]
