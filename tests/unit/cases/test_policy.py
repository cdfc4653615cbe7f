"""The policy pack: what comes with the product, and what is refused."""

from importlib.resources import files

import pytest

from shared.errors import SettingsError
from shared.policy import default_policy, read_policy
from shared.policy.terms import Term

PACK = files("shared.policy").joinpath("default.toml").read_text()


def test_the_default_pack_knows_the_taxonomy_the_severities_and_the_remedies() -> None:
    policy = default_policy()
    assert (len(policy.issues), len(policy.indicators), len(policy.remedies)) == (32, 11, 15)
    assert [severity.respond_within for severity in policy.severities.values()] == [
        Term(24, "hours"),
        Term(72, "hours"),
        Term(7, "days"),
        Term(7, "days"),
    ]
    assert (policy.durations.acknowledge, policy.durations.answer) == (Term(7, "days"), Term(14, "days"))
    assert (policy.issues["DOC-RET"].indicator, policy.issues["DOC-RET"].severity) == ("IL07", "S2")


def test_a_penalty_to_a_state_is_money_but_not_money_to_workers() -> None:
    remedies = default_policy().remedies
    assert {code for code, remedy in remedies.items() if remedy.worker_money} == {
        "RM-FEE",
        "RM-WAG",
        "RM-INT",
        "RM-COM",
    }
    assert remedies["RM-PEN"].is_money
    assert not remedies["RM-DOC"].is_money


def test_the_worst_severity_is_that_of_the_gravest_issue() -> None:
    assert default_policy().worst_severity(["INF-REQ", "CHI-LAB", "REC-FEE"]) == "S1"
    assert default_policy().worst_severity(["INF-REQ"]) == "S4"


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ('severity = "S4"', 'severity = "S7"'),
        ('indicator = "IL11"', 'indicator = "IL99"'),
        ('answer = "P14D"', 'answer = "soon"'),
        ('answer = "P14D"', 'answr = "P14D"'),
        ("attempts = 3", "attempts = 0"),
        ('version = "2026.3"', "version ="),
    ],
)
def test_a_pack_that_contradicts_itself_or_cannot_be_read_is_refused(words: str, other: str) -> None:
    assert words in PACK
    with pytest.raises(SettingsError):
        read_policy(PACK.replace(words, other, 1).encode())
