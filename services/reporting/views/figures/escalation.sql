-- title: Escalation
-- indicators: K14
-- definition: How far up cases had to go: for every level, the cases whose highest level it is, and the requests sent
--   at it with how many were answered. Levels in order: employer, buyer, authority, legal, public.
-- unit: cases, requests
-- counts: Cases opened in the period that were escalated at least once, and their requests.
-- leaves_out: Cases that were never escalated.
-- period: the day of opening (UTC)
-- group_by: level, month, quarter, year, cases
-- default: level
-- measures: cases count; requests count; answered count
with escalated as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *
    from keyed_cases
    where highest_level is not null and opened_at >= $since and opened_at < $until
),
counted as (
    select *, highest_level as level, 1 as case_, 0 as request_, 0 as answered_
    from escalated
    union all by name
    select *, asked.level as level, 0 as case_, 1 as request_, (asked.answered_at is not null)::int as answered_
    from (select *, unnest(escalations) as asked from escalated)
)
select
    columns($group_by),
    sum(case_)::bigint as cases,
    sum(request_)::bigint as requests,
    sum(answered_)::bigint as answered
from counted
group by all
order by all
