-- title: Who speaks: affected workers and others
-- indicators: K05
-- definition: Of the cases of which it is known who told of them, the share that an affected worker told themselves. The
--   rest came from family, colleagues, witnesses, organisations or others.
-- unit: cases; percent of cases with a known teller, one decimal
-- counts: Cases opened in the period, by what was said at the opening about who tells.
-- leaves_out: Cases of which nobody asked or nobody said (`not_said`), from the share. Who tells is never guessed.
-- period: the day of opening (UTC)
-- group_by: told_by, month, quarter, year, cases
-- default: quarter
-- measures: cases count; affected count; others count; not_said count; percent_self_reported rate of affected, others
-- adds_up: cases = affected + others + not_said
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *
    from keyed_cases
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(*) as cases,
    count(*) filter (told_by = 'affected') as affected,
    count(*) filter (told_by <> 'affected') as others,
    count(*) filter (told_by is null) as not_said,
    round((100 * count(*) filter (told_by = 'affected'))::decimal(18, 4) / nullif(count(told_by), 0), 1)::decimal(9, 1)
        as percent_self_reported
from keyed
group by all
order by all
