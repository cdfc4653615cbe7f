-- title: Escalation
-- definition: How far up cases had to go: for every level, the cases whose highest level it is, and the requests sent
--   at it with how many were answered. Levels in order: employer, buyer, authority, legal, public.
-- unit: cases, requests
-- counts: Cases opened in the period that were escalated at least once, and their requests.
-- leaves_out: Cases that were never escalated.
-- period: the day of opening (UTC)
-- group_by: level, country, severity, month, total
-- default: level
-- measures: cases count; requests count; answered count
with escalated as (
    select *, strftime(opened_at, '%Y-%m') as month
    from cases
    where highest_level is not null and opened_at >= $since and opened_at < $until
),
counted as (
    select highest_level as level, country, severity, month, 1 as case_, 0 as request_, 0 as answered_
    from escalated
    union all
    select asked.level, country, severity, month, 0, 1, (asked.answered_at is not null)::int
    from (select unnest(escalations) as asked, country, severity, month from escalated)
),
keyed as (
    select *, 'total' as total from counted
)
select
    columns($group_by),
    sum(case_)::bigint as cases,
    sum(request_)::bigint as requests,
    sum(answered_)::bigint as answered
from keyed
group by all
order by all
