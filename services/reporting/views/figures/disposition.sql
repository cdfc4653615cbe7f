-- title: Where cases stand
-- indicators: K06
-- definition: How many cases are in each state, and for closed ones why they were closed. Out of scope, withdrawn and
--   unreachable are reasons of their own: none of them is a remedy. `outcome` puts them together: `open`, `resolved`
--   (remedied or in part), `out-of-mandate` (out of scope, referred, duplicate), `not-resolved` (every other ending).
-- unit: cases, workers; `reopened` is how many of the cases were opened again at least once
-- counts: Every case opened in the period, in the state it has at the moment of the figure.
-- leaves_out: Nothing.
-- period: the day of opening (UTC)
-- group_by: outcome, month, quarter, year, cases
-- default: state, close_reason
-- measures: cases count; workers sum of cases; reopened count
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        * exclude (workers, reopened),
        case
            when closed_at is null then 'open'
            when close_reason in ('remedied', 'partial') then 'resolved'
            when close_reason in ('out_of_scope', 'referred', 'duplicate') then 'out-of-mandate'
            else 'not-resolved'
        end as outcome,
        workers as workers_,
        reopened > 0 as reopened_
    from keyed_cases
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
