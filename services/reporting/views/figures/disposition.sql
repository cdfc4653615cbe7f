-- title: Where cases stand
-- definition: How many cases are in each state, and for closed ones why they were closed. Out of scope, withdrawn and
--   unreachable are reasons of their own: none of them is a remedy.
-- unit: cases, workers; `reopened` is how many of the cases were opened again at least once
-- counts: Every case opened in the period, in the state it has at the moment of the figure.
-- leaves_out: Nothing.
-- period: the day of opening (UTC)
-- group_by: state, close_reason, severity, channel, country, month, origin, total
-- default: state, close_reason
-- measures: cases count; workers sum of cases; reopened count
with keyed as (
    select
        state, close_reason, severity, channel, country,
        strftime(opened_at, '%Y-%m') as month,
        coalesce(source, 'redress') as origin,
        'total' as total,
        workers as workers_,
        reopened > 0 as reopened_
    from cases
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(*) as cases,
    sum(workers_)::bigint as workers,
    count(*) filter (reopened_) as reopened
from keyed
group by all
order by all
