-- title: Workers affected and remediated
-- indicators: K04
-- definition: For how many workers cases spoke, for how many of them a remedy was promised, reported complete, and
--   verified with the workers. Workers are summed, not cases: one case may stand for thousands.
-- unit: workers; cases
-- counts: Cases opened in the period. Within a case the items of its plan are for the same people, so a case counts
--   with its largest item: `promised` of all items, `reported` of the complete, `remediated` of the verified. A case
--   that others were merged into counts with the largest of their numbers.
-- leaves_out: Cases that were merged into others, whose workers count there. Who is the same person in two cases
--   is not known: somebody with two cases counts twice. Records of earlier systems have workers, but no promises.
-- period: the day of opening (UTC)
-- group_by: month, quarter, year, cases
-- default: year
-- measures: cases count; affected sum of cases; promised sum of cases; reported sum of cases; remediated sum of cases
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        coalesce(list_max([item.workers for item in remedies]), 0) as promised_,
        coalesce(list_max([item.workers for item in remedies if item.completed_at is not null]), 0) as reported_,
        coalesce(list_max([item.workers for item in remedies if item.verified_at is not null]), 0) as remediated_
    from keyed_cases
    where opened_at >= $since and opened_at < $until and merged_into is null
)
select
    columns($group_by),
    count(*) as cases,
    sum(workers)::bigint as affected,
    sum(promised_)::bigint as promised,
    sum(reported_)::bigint as reported,
    sum(remediated_)::bigint as remediated
from keyed
group by all
order by all
