-- title: Numbers withheld from publications
-- indicators: K21
-- definition: Of the numbers that published reports have room for, how many are told, and how many are withheld because
--   they are too small, are mostly one case's, or would let somebody compute what is withheld.
-- unit: numbers (cells of tables); percent of them, one decimal
-- counts: Every cell with a number of every table of a quarter, in the last edition of each report whose publication lies
--   in the period.
-- leaves_out: Editions that were corrected since. Reports from before the record said how many cells they withhold. What
--   was asked and not published.
-- period: the day of publication (UTC)
-- group_by: total, audience, reported_year, quarter, report, month, year
-- default: audience, reported_year
-- measures: reports count; cells count; told count; withheld count; percent_withheld rate of cells, withheld
-- adds_up: cells = told + withheld
with spread as (
    select
        id as publication_,
        audience,
        year::varchar as reported_year,
        published_at,
        unnest(cells) as cell_
    from publications
    where published_at >= $since and published_at < $until
),
keyed as (
    select
        'total' as total,
        cell_.quarter as quarter,
        cell_.table as report,
        strftime(published_at, '%Y-%m') as month,
        strftime(published_at, '%Y') as year,
        *
    from spread
)
select
    columns($group_by),
    count(distinct publication_) as reports,
    sum(cell_.told + cell_.withheld)::bigint as cells,
    sum(cell_.told)::bigint as told,
    sum(cell_.withheld)::bigint as withheld,
    round(
        (100 * sum(cell_.withheld))::decimal(18, 4) / nullif(sum(cell_.told + cell_.withheld), 0), 1
    )::decimal(9, 1) as percent_withheld
from keyed
group by all
order by all
