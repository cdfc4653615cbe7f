"""Texts in seven languages that give nobody away, checked before the first one is sent."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.templates import LANGUAGES, PLACEHOLDERS, Templates, day, load_templates, plain, read
from shared.errors import SettingsError
from shared.events.cases import CaseAcknowledged, CaseClosed, CaseEscalated, CaseOpened, EmployerResponseRecorded
from shared.events.notify import NotificationQueued
from shared.events.values import Party
from tests.unit.notify.given import FACTORY, NOON, NUMBER, Ears, contact, registered

VALUES = {
    "number": NUMBER,
    "organisation": "Bright Sea Foods",
    "answer_by": "2026-12-04",
    "link": "https://x.example/a/b",
    "cases": "6",
    "workers": "31",
    "before": "a+1a2b+old",
    "after": "a+3c4d+new",
    "service": "intake",
    "origin": "a/intake-2",
    "size": "812",
    "root": "ab" * 32,
    "stream": "0190b5c2-7c1e-7a10-8f00-3c1de50f6a03",
    "version": "4",
    "sha256": "cd" * 32,
    "label": "usual 2026.3",
}
ENGLISH = Path("services/notify/templates/en.toml").read_text("utf-8")

TELLTALE = {
    "en": ("complain", "case", "employ", "labour", "labor", "grievance", "worker", "wage", "abuse", "report"),
    "th": ("ร้องเรียน", "ร้องทุกข์", "คดี", "นายจ้าง", "ลูกจ้าง", "แรงงาน", "ค่าจ้าง", "บริษัท"),
    "my": ("တိုင်ကြား", "တိုင်တန်း", "အမှု", "အလုပ်", "လုပ်သား", "လုပ်ခ", "ကုမ္ပဏီ"),
    "km": ("បណ្តឹង", "បណ្ដឹង", "ករណី", "និយោជក", "ពលកម្ម", "កម្មករ", "ការងារ", "ប្រាក់ឈ្នួល"),
    "lo": ("ຮ້ອງທຸກ", "ຮ້ອງຮຽນ", "ຄະດີ", "ກໍລະນີ", "ນາຍຈ້າງ", "ແຮງງານ", "ຄ່າຈ້າງ"),
    "vi": ("khiếu nại", "tố cáo", "vụ việc", "hồ sơ", "lao động", "chủ sử dụng", "tiền lương", "công nhân"),
    "ne": ("उजुरी", "गुनासो", "मुद्दा", "रोजगार", "श्रम", "श्रमिक", "मजदुर", "ज्याला"),
}

TEMPLATES = load_templates()
TRANSLATED = sorted(
    key
    for key in PLACEHOLDERS
    if key.endswith(".complainant") or key in {"escalation.respondent", "break-glass.supervisor"}
)
"""What is said to those who complained and to those who must answer first; the rest may be said in English."""

words = st.text(alphabet="ΑΒΓΔΕΖΗΘΙΚΛΜαβγδεζηθικλμ", min_size=3, max_size=12)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TRANSLATED)
def test_every_language_has_every_text_with_all_it_must_name(language: str, key: str) -> None:
    text = TEMPLATES.render(key, language, VALUES)
    assert (text.language, text.template) == (language, f"{language}/{key}")
    assert NUMBER in text.subject
    assert len(text.subject) <= 78
    assert "\n" not in text.subject
    for name in PLACEHOLDERS[key]:
        assert VALUES[name] in text.body
    assert "{" not in text.subject + text.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(PLACEHOLDERS))
def test_no_text_gives_away_why_somebody_is_written_to(language: str, key: str) -> None:
    text = TEMPLATES.render(key, language, VALUES)
    seen = f"{text.subject} {text.body}".casefold()
    assert [word for word in (*TELLTALE[language], *TELLTALE["en"]) if word.casefold() in seen] == []


def test_english_has_every_text_and_what_others_lack_is_listed_and_said_in_english() -> None:
    assert not [missing for missing in TEMPLATES.missing() if missing.startswith("en/")]
    assert "my/overdue.operator" in TEMPLATES.missing()
    assert TEMPLATES.render("overdue.operator", "my", VALUES).language == "en"
    assert not [missing for missing in TEMPLATES.missing() if missing.split("/")[1] in TRANSLATED]


def test_a_folder_adds_languages_and_a_tenant_words_its_own(tmp_path: Path) -> None:
    (tmp_path / "fil.toml").write_text(
        '[closure.complainant]\nsubject = "Balita {number}"\nbody = "Kumusta {number}"\n'
    )
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "th.toml").write_text('[closure.complainant]\nsubject = "{number}"\nbody = "Acme {number}"\n')
    texts = load_templates(tmp_path)
    assert texts.render("closure.complainant", "fil-PH", VALUES).body == f"Kumusta {NUMBER}"
    assert texts.render("answer.complainant", "fil", VALUES).language == "en"
    assert texts.render("closure.complainant", "th", VALUES, tenant="acme").body == f"Acme {NUMBER}"
    assert texts.render("closure.complainant", "th", VALUES, tenant="other").body != f"Acme {NUMBER}"
    assert "fil/answer.complainant" in texts.missing()


def counted(language: str, forms: str, cases: str) -> str:
    toml = f'[pattern.supervisor]\nsubject = "{{number}}"\nbody = "{{number}}: {{cases}}, {{workers}}"\n{forms}'
    template = read(language, toml, whole=False)["pattern.supervisor"]
    return template.filled(language, {**VALUES, "cases": cases, "workers": "3"})[1]


@pytest.mark.parametrize(
    ("language", "cases", "wanted"),
    [("pl", "1", "1 sprawa"), ("pl", "3", "3 sprawy"), ("pl", "5", "5 spraw"), ("pl", "22", "22 sprawy")],
)
def test_a_language_comes_with_its_own_plural_rules_and_without_code(language: str, cases: str, wanted: str) -> None:
    forms = (
        'forms.cases = { one = "{cases} sprawa", few = "{cases} sprawy", many = "{cases} spraw", other = "{cases} s" }'
    )
    assert counted(language, forms, cases) == f"{NUMBER}: {wanted}, 3"


def test_english_counts_and_a_form_that_lacks_is_said_otherwise_and_listed(tmp_path: Path) -> None:
    said = TEMPLATES.render("pattern.supervisor", "en", {**VALUES, "cases": "1", "workers": "2"}).body
    assert "1 reference, 2 people" in said
    assert counted("ar", 'forms.cases = { other = "{cases} x" }', "3") == f"{NUMBER}: 3 x, 3"
    text = '[pattern.supervisor]\nsubject = "{number}"\nbody = "{number} {cases} {workers}"\n'
    (tmp_path / "pl.toml").write_text(text + 'forms.cases = { one = "{cases}", other = "{cases}" }\n')
    missing = load_templates(tmp_path).missing()
    assert {"pl/pattern.supervisor/cases.few", "pl/pattern.supervisor/cases.many"} <= set(missing)


@pytest.mark.parametrize(
    "forms",
    [
        'forms.case = { other = "{case}" }',
        'forms.cases = { one = "{cases}" }',
        'forms.cases = { other = "{cases}", dual = "{cases}" }',
        'forms.cases = { other = "none" }',
        'forms.cases = { other = "{cases} {number}" }',
    ],
)
def test_forms_that_cannot_be_said_are_refused(forms: str) -> None:
    with pytest.raises(SettingsError, match=r"forms of pattern\.supervisor"):
        counted("en", forms, "1")


def test_the_languages_really_differ() -> None:
    for key in TRANSLATED:
        assert len({TEMPLATES.render(key, language, VALUES).body for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("asked", "spoken"), [("my-MM", "my"), ("vi_VN", "vi"), ("TH", "th"), ("fr", "en"), ("", "en"), ("tl-PH", "en")]
)
def test_a_language_that_is_not_there_is_answered_in_english(asked: str, spoken: str) -> None:
    assert TEMPLATES.render("answer.complainant", asked, VALUES).language == spoken


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Your reference is {number}.", "Your reference is here.", "body of acknowledgement.complainant"),
        ("Your reference is {number}.", "{number} {name}", "body of acknowledgement.complainant"),
        ("Your reference is {number}.", "{number.__class__}", "body of acknowledgement.complainant"),
        ("Your reference is {number}.", "{number!r}", "body of acknowledgement.complainant"),
        ("Your reference is {number}.", "{number", "braces"),
        ('subject = "Your reference {number}"', 'subject = "Hello"', "subject of acknowledgement.complainant"),
        ('subject = "Your reference {number}"', "", "cannot be read"),
        ("[closure.complainant]", "[closure.respondent]", "closure.complainant, closure.respondent"),
        ("[closure.complainant]", "[closure", "cannot be read"),
        ('subject = "Your reference {number}"', 'subject = "{number}"\nextra = "x"', "cannot be read"),
    ],
)
def test_a_file_that_does_not_name_exactly_what_it_must_is_refused(old: str, new: str, said: str) -> None:
    broken = ENGLISH.replace(old, new, 1)
    assert broken != ENGLISH
    with pytest.raises(SettingsError, match=said):
        read("en", broken)


def test_a_name_cannot_break_out_of_its_line() -> None:
    assert plain("Bright\r\nBcc: all@example.com\x00\u2028Sea") == "Bright Bcc: all@example.com Sea"


def test_braces_in_a_name_stay_braces() -> None:
    templates = Templates({"en": read("en", ENGLISH)})
    assert "{number}" in templates.render("escalation.respondent", "en", VALUES | {"organisation": "{number}"}).body


def test_a_day_is_written_in_the_one_form_nobody_misreads() -> None:
    assert day(NOON) == "2026-11-20"


@given(
    summary=st.lists(words, min_size=1, max_size=6),
    name=words,
    brief=st.lists(words, min_size=1, max_size=6),
    explanation=words,
    language=st.sampled_from(LANGUAGES),
)
def test_no_word_of_the_case_is_in_any_text(
    summary: list[str], name: str, brief: list[str], explanation: str, language: str
) -> None:
    ears = Ears()
    ears.hear(registered(contact(language)), FACTORY)
    ears.hear(
        CaseOpened(
            number=NUMBER,
            channel="line",
            language=language,
            summary=" ".join(summary),
            site=name,
            complainant=Party(name=name, reference=name),
            safe_contact=contact(language),
        )
    )
    ears.hear(CaseAcknowledged(channel=name))
    ears.hear(
        CaseEscalated(
            escalation_id=FACTORY,
            organisation_id=FACTORY,
            name="Bright Sea Foods",
            level="employer",
            brief=" ".join(brief),
            answer_by=NOON + timedelta(days=14),
            level_reason=explanation,
        )
    )
    ears.hear(
        EmployerResponseRecorded(escalation_id=FACTORY, organisation_id=FACTORY, position="accepted", text=explanation)
    )
    ears.hear(CaseClosed(reason="remedied", explanation=explanation))
    told = ears.work.said(NotificationQueued)
    assert len(told) == 4
    for notification in told:
        seen = notification.subject + notification.body
        assert not [word for word in (*summary, *brief, name, explanation) if word in seen]
