"""The pages of figures, written down: overview, themes, one organisation, one site; kept while nothing moves on."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from services.reporting.api.answers import moment
from services.reporting.api.blocks import Block, section
from services.reporting.api.dashboard import QUESTIONS, Section, Tile, number
from services.reporting.api.leaves import LEAVES, of_organisation, of_site
from services.reporting.api.pages import FORM_PLACE, PageRoute, html_page, remember_language, rendered
from services.reporting.api.reports import of_readers
from services.reporting.api.rows import Record, records
from services.reporting.api.sections import sections, tiles
from services.reporting.api.wording import LANGUAGES, Words, issue_in, language_of, words_in
from services.reporting.views.engine import Figures
from services.reporting.views.questions import Figure, Question
from shared.errors import NotFoundError
from shared.policy import Policy, default_policy
from shared.rights import Caller
from shared.web.access import SESSION_COOKIE
from shared.web.consistency import caught_up
from shared.web.forms import form_token

Leaf = Annotated[str, Path(pattern=f"^({'|'.join(LEAVES)})$")]
SiteKey = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]

SCORES = Question(report="organisation-score")
SITES = Question(report="workers", group_by=("site",))


class FigurePages:
    """Rendered pages, kept as long as no log has moved on and the hour is the same minute."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        """Take the figures and the labels of issues and severities."""
        self._figures = figures
        self._policy = policy
        self._kept: tuple[tuple[object, ...], dict[tuple[str, ...], bytes]] = ((), {})

    async def overview(self, now: str, tenant: str, language: str) -> bytes:
        """Return the first page of a tenant as of this minute."""
        kept = await self._still(now)
        key = (tenant, language)
        if key not in kept:
            words = words_in(language)
            answers = await self._ask(QUESTIONS, tenant)
            empty = not answers["volume_total"].rows and not answers["closing"].rows
            kept[key] = self._written(
                words,
                "dashboard.html",
                answers,
                "overview",
                empty=empty,
                tiles=tiles(answers, words),
                sections=[] if empty else sections(answers, self._policy, words),
                definitions=self._figures.definitions.values(),
            )
        return kept[key]

    async def leaf(self, now: str, tenant: str, language: str, name: str) -> bytes:
        """Return the page of a theme."""
        kept = await self._still(now)
        key = (tenant, language, name)
        if key not in kept:
            words, blocks = words_in(language), LEAVES[name]
            answers = await self._ask({block.key: block.question for block in blocks}, tenant)
            heads: list[Tile] = []
            if name == "quality":
                heads = [_behind(words, source, lag) for source, lag in (await self._figures.behind()).items()]
            kept[key] = self._leaf(
                words, name, answers, blocks, title=words(f"page.{name}"), lead=words(f"page.lead_{name}"), tiles=heads
            )
        return kept[key]

    async def organisation(self, tenant: str, language: str, organisation_id: UUID) -> bytes:
        """Return the page of an organisation; `NotFoundError` if no case of the tenant names it."""
        words = words_in(language)
        scores = records((await self._ask({"scores": SCORES}, tenant))["scores"])
        mine = [row for row in scores if row["organisation_id"] == organisation_id]
        if not mine:
            raise NotFoundError("No case names this organisation.")
        name = str(mine[0]["organisation"])
        blocks = of_organisation(name)
        answers = await self._ask({block.key: block.question for block in blocks}, tenant)
        heads = _score(words, mine[0])
        return self._leaf(
            words, "organisations", answers, blocks, title=name, lead=words("page.lead_organisation"), tiles=heads
        )

    async def site(self, tenant: str, language: str, key: str) -> bytes:
        """Return the page of a site; `NotFoundError` if no case of the tenant names it."""
        words = words_in(language)
        sites = records((await self._ask({"sites": SITES}, tenant))["sites"])
        mine = [row for row in sites if row["site"] is not None and site_key(str(row["site"])) == key]
        if not mine:
            raise NotFoundError("No case names this site.")
        (row,) = mine
        blocks = of_site(row["site"])
        answers = await self._ask({block.key: block.question for block in blocks}, tenant)
        remediated = words("tile.workers_remark", remediated=number(row["remediated"]))
        heads = [
            Tile(words("tile.cases"), number(row["cases"]), ""),
            Tile(words("tile.workers"), number(row["affected"]), remediated),
        ]
        return self._leaf(words, "sites", answers, blocks, title=row["site"], lead=words("page.lead_site"), tiles=heads)

    async def _still(self, now: str) -> dict[tuple[str, ...], bytes]:
        key = (now, *(await self._figures.positions()).items())
        if self._kept[0] != key:
            self._kept = (key, {})
        return self._kept[1]

    async def _ask(self, questions: Mapping[str, Question], tenant: str) -> Mapping[str, Figure]:
        asked = [msgspec.structs.replace(question, tenant=tenant) for question in questions.values()]
        return dict(zip(questions, await self._figures.answers(asked), strict=True))

    def _leaf(
        self, words: Words, page: str, answers: Mapping[str, Figure], blocks: Sequence[Block], **more: Any
    ) -> bytes:
        shown = [self._linked(section(block, answers[block.key], words), answers[block.key]) for block in blocks]
        return self._written(words, "leaf.html", answers, page, sections=shown, **more)

    def _linked(self, one: Section, figure: Figure) -> Section:
        """Name issues, and lead from organisations and sites to their own pages."""
        if "organisation_id" in figure.columns:
            place = figure.columns.index("organisation_id")
            for row in one.table.rows:
                one.links[row[place + 1]] = f"/figures/organisations/{row[place]}"
        if one.anchor == "sites":
            one.links.update({row[0]: f"/figures/sites/{site_key(str(row[0]))}" for row in one.table.rows if row[0]})
        return one

    def _written(self, words: Words, template: str, answers: Mapping[str, Figure], here: str, **more: Any) -> bytes:
        first = next(iter(answers.values()))
        return rendered(
            template,
            t=words,
            here=here,
            pages=["overview", *LEAVES],
            languages=[(code, words_in(code)("page.name")) for code in LANGUAGES],
            as_of=moment(first.as_of.replace(second=0, microsecond=0)),
            positions=first.positions,
            issue=lambda code: issue_in(self._policy, words, code),
            form_token=FORM_PLACE,
            **more,
        )


def site_key(name: str) -> str:
    """Return what stands for a site in an address: a digest, since a place may point to people."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def figure_pages_router(figures: Figures, policy: Policy | None = None) -> APIRouter:
    """Return the routes of the pages of figures."""
    router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(caught_up)])
    pages = FigurePages(figures, policy or default_policy())
    reader = Annotated[Caller, Depends(of_readers)]

    @router.get("/")
    async def show_overview(request: Request, caller: reader) -> Response:
        return _answer(request, await pages.overview(_minute(request), caller.tenant, language_of(request)))

    @router.get("/figures/{leaf}")
    async def show_leaf(request: Request, leaf: Leaf, caller: reader) -> Response:
        return _answer(request, await pages.leaf(_minute(request), caller.tenant, language_of(request), leaf))

    @router.get("/figures/organisations/{organisation}")
    async def show_organisation(request: Request, organisation: UUID, caller: reader) -> Response:
        return _answer(request, await pages.organisation(caller.tenant, language_of(request), organisation))

    @router.get("/figures/sites/{site}")
    async def show_site(request: Request, site: SiteKey, caller: reader) -> Response:
        return _answer(request, await pages.site(caller.tenant, language_of(request), site))

    return router


def _score(words: Words, row: Record) -> Sequence[Tile]:
    def part(name: str, part: str, whole: str) -> Tile:
        share = row[f"percent_{name}"]
        told = words("tile.of", part=number(row[part]), whole=number(row[whole]))
        return Tile(words(f"tile.{name}"), "–" if share is None else f"{number(share)} %", told)

    remark = words("tile.score_few") if row["score"] is None else words("tile.score_remark")
    return [
        Tile(words("tile.score"), number(row["score"]), remark),
        part("in_time", "in_time", "requests"),
        part("substantive", "substantive", "requests"),
        part("kept", "kept", "promises"),
    ]


def _behind(words: Words, source: str, lag: int) -> Tile:
    remark = words("tile.view_behind") if lag else words("tile.view_current")
    return Tile(words("tile.view", source=source), number(lag), remark)


def _minute(request: Request) -> str:
    minute: str = request.app.state.clock().strftime("%Y-%m-%dT%H:%M")
    return minute


def _answer(request: Request, body: bytes) -> Response:
    token = form_token(request.cookies.get(SESSION_COOKIE, ""))
    answer = html_page(body.replace(FORM_PLACE.encode(), token.encode()), 200)
    remember_language(answer, request)
    return answer
