"""The texts: one file per language, checked when they are loaded. What a language lacks is said in English.

A text is read on a lock screen, by whoever stands beside it. So it says that there is news, and under which
reference; never what it is about, and no word that gives away why somebody is written to.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Formatter

import msgspec

from services.notify.domain import Text
from services.notify.templates.counting import OTHER, Forms, categories, said
from shared.errors import SettingsError

LANGUAGES = ("en", "th", "my", "km", "lo", "vi", "ne")
FALLBACK = "en"

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "acknowledgement.complainant": frozenset({"number"}),
    "answer.complainant": frozenset({"number"}),
    "closure.complainant": frozenset({"number"}),
    "arrived.complainant": frozenset({"number"}),
    "lasts.complainant": frozenset({"number"}),
    "trouble.complainant": frozenset({"number"}),
    "content.complainant": frozenset({"number"}),
    "question.complainant": frozenset({"number"}),
    "break-glass.supervisor": frozenset({"number"}),
    "escalation.respondent": frozenset({"number", "organisation", "answer_by"}),
    "reminder.respondent": frozenset({"number", "answer_by"}),
    "overdue.respondent": frozenset({"number"}),
    "assignment.operator": frozenset({"number"}),
    "answer.operator": frozenset({"number"}),
    "crisis.operator": frozenset({"number"}),
    "overdue.operator": frozenset({"number"}),
    "invitation.respondent": frozenset({"number", "answer_by", "link"}),
    "pattern.supervisor": frozenset({"number", "cases", "workers"}),
    "override.supervisor": frozenset({"number"}),
    "appeal.supervisor": frozenset({"number"}),
    "ledger-key.witness": frozenset({"before", "after"}),
    "ledger-renewed.witness": frozenset({"service", "origin", "size", "root"}),
    "redaction.witness": frozenset({"service", "stream", "version", "sha256"}),
    "policy.witness": frozenset({"label", "sha256"}),
}
"""Every text there is, by occasion and audience, with exactly what its body has to name. English has them all."""

_IN_SUBJECT = frozenset({"number"})


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with its gaps. `forms`: gaps with a number, and what is said in their place, by plural category."""

    subject: str
    body: str
    forms: Mapping[str, Forms] = {}

    def filled(self, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Return subject and body with their gaps filled."""
        counted = {gap: said(by, language, values[gap]).format_map(values) for gap, by in self.forms.items()}
        return self.subject.format_map(values), self.body.format_map({**values, **counted})


ByLanguage = Mapping[str, Mapping[str, Template]]


class Templates:
    """All texts in all languages; one that a language lacks, or a language that is not there, is said in English.

    What a tenant words otherwise goes before what everybody reads.
    """

    def __init__(self, by_language: ByLanguage, of_tenants: Mapping[str, ByLanguage] | None = None) -> None:
        """Take the texts as `read` gives them, and those that tenants word otherwise."""
        self._by_language = by_language
        self._of_tenants = of_tenants or {}

    def render(self, key: str, language: str, values: Mapping[str, str], *, tenant: str = "") -> Text:
        """Fill the gaps of a text. `language` is a tag such as `my` or `vi-VN`, of which the first part counts."""
        spoken = self.spoken(key, language, tenant=tenant)
        own = self._of_tenants.get(tenant, {}).get(spoken, {}).get(key)
        template = own or self._by_language[spoken][key]
        return Text(spoken, f"{spoken}/{key}", *template.filled(spoken, values))

    def spoken(self, key: str, language: str, *, tenant: str = "") -> str:
        """Return the language in which a text is said to who asked for this one."""
        wanted = language.replace("_", "-").split("-")[0].lower()
        there = (self._by_language, self._of_tenants.get(tenant, {}))
        return wanted if any(key in texts.get(wanted, {}) for texts in there) else FALLBACK

    def missing(self) -> Sequence[str]:
        """Return what is not translated, as `language/text`; plural forms that lack as `language/text/gap.form`."""
        lacking = []
        for tag, texts in sorted(self._by_language.items()):
            for key in sorted(PLACEHOLDERS):
                forms = texts[key].forms.items() if key in texts else ()
                lacking += [f"{tag}/{key}"] if key not in texts else []
                lacking += [
                    f"{tag}/{key}/{gap}.{one}" for gap, by in forms for one in sorted(categories(tag) - by.keys())
                ]
        return lacking


def load_templates(folder: Path | None = None) -> Templates:
    """Read the texts that come with the product, and those of a folder that add to them or word them otherwise.

    In the folder lies `LANGUAGE.toml` for everybody and `TENANT/LANGUAGE.toml` for one tenant.
    """
    packaged = files(__name__)
    texts = {tag: read(tag, packaged.joinpath(f"{tag}.toml").read_text("utf-8")) for tag in LANGUAGES}
    if folder is None:
        return Templates(texts)
    if not folder.is_dir():
        raise SettingsError(f"REDRESS_NOTIFY_TEMPLATES: there is no folder {folder}.")
    for tag, more in _in_folder(folder).items():
        texts[tag] = {**texts.get(tag, {}), **more}
    tenants = {tenant.name: _in_folder(tenant) for tenant in sorted(folder.iterdir()) if tenant.is_dir()}
    return Templates(texts, tenants)


def _in_folder(folder: Path) -> ByLanguage:
    return {file.stem: read(file.stem, file.read_text("utf-8"), whole=False) for file in sorted(folder.glob("*.toml"))}


def read(language: str, toml: str, *, whole: bool = True) -> Mapping[str, Template]:
    """Read one language's file; an unknown text, or a placeholder that is wrong, is a `SettingsError`.

    The English file has every text; others, and any that is not `whole`, may lack some.
    """
    try:
        occasions = msgspec.convert(tomllib.loads(toml), dict[str, dict[str, Template]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"templates/{language}.toml cannot be read: {error}.") from error
    found = {f"{occasion}.{audience}": text for occasion, by in occasions.items() for audience, text in by.items()}
    unknown, lacking = found.keys() - PLACEHOLDERS.keys(), PLACEHOLDERS.keys() - found.keys()
    if unknown or (lacking and whole and language == FALLBACK):
        wrong = ", ".join(sorted(found.keys() ^ PLACEHOLDERS.keys() if language == FALLBACK else unknown))
        raise SettingsError(f"templates/{language}.toml must have each text once and no other; look at: {wrong}.")
    for key, template in found.items():
        _check(f"templates/{language}.toml, subject of {key}", template.subject, PLACEHOLDERS[key] & _IN_SUBJECT)
        _check(f"templates/{language}.toml, body of {key}", template.body, PLACEHOLDERS[key])
        _check_forms(f"templates/{language}.toml, forms of {key}", language, template, PLACEHOLDERS[key])
    return found


def _check_forms(place: str, language: str, template: Template, gaps: frozenset[str]) -> None:
    for gap, forms in template.forms.items():
        if gap not in gaps:
            raise SettingsError(f"{place}: there is no gap {gap}; there are {', '.join(sorted(gaps))}.")
        if OTHER not in forms or not forms.keys() <= categories(language):
            known = ", ".join(sorted(categories(language)))
            raise SettingsError(f"{place}: {gap} needs the form other, and has none but {known}.")
        for form, text in forms.items():
            _check(f"{place}, {gap}.{form}", text, frozenset({gap}))


def plain(text: str) -> str:
    """Return a value as it may stand in a text: one line, without control signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def day(instant: datetime) -> str:
    """Return the day of an instant in UTC, in the one form that no two languages read differently."""
    return instant.astimezone(UTC).date().isoformat()


def _check(place: str, text: str, wanted: frozenset[str]) -> None:
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise SettingsError(f"{place}: the braces do not match.") from error
    if {name for _, name, _, _ in fields} != wanted or any(spec or conversion for _, _, spec, conversion in fields):
        names = ", ".join(f"{{{name}}}" for name in sorted(wanted))
        raise SettingsError(f"{place}: must name exactly {names}.")
