-- title: Cases opened again
-- indicators: K13
-- definition: Of the cases that were ever closed, how many were opened again at least once, and how often in all. Both by
--   the day of the first closure, so that a later reopening raises the rate of the span that closed the case.
-- unit: cases; reopenings; percent of cases ever closed, one decimal
-- counts: Cases whose first closure falls into the period, open again or not.
-- leaves_out: Cases that were never closed. Records of earlier systems whose date of closure is not known.
-- period: the day of the first closure (UTC)
-- group_by: month, quarter, year, cases
-- default: quarter
-- measures: ever_closed count; opened_again count; reopenings sum of opened_again; open_now count;
--   percent_opened_again rate of ever_closed, opened_again
with keyed as (
    select
        strftime(first_closed_at, '%Y-%m') as month,
        year(first_closed_at) || '-Q' || quarter(first_closed_at) as quarter,
        strftime(first_closed_at, '%Y') as year,
        *
    from keyed_cases
    where first_closed_at >= $since and first_closed_at < $until and closure_dated
)
select
    columns($group_by),
    count(*) as ever_closed,
    count(*) filter (reopened > 0) as opened_again,
    sum(reopened)::bigint as reopenings,
    count(*) filter (closed_at is null) as open_now,
    round((100 * count(*) filter (reopened > 0))::decimal(18, 4) / count(*), 1)::decimal(9, 1) as percent_opened_again
from keyed
group by all
order by all
