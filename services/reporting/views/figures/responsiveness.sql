-- title: Responsiveness of employers and others
-- indicators: K15
-- definition: Of the requests that an organisation had to answer in a quarter, the share that it answered in time.
--   Every quarter stands for itself, so the share can fall as well as rise. `median_days` is from request to any answer,
--   `median_days_substantive` to one that is not `no-action`.
-- unit: requests; percent of requests, one decimal; days
-- counts: Requests by the quarter in which the answer was due. A request counts once it is answered or its time is
--   over. Any recorded answer counts, also `no-action`: it is an answer, not a remedy.
-- leaves_out: Requests that are not yet answered and not yet due.
-- period: the day the answer was due (UTC)
-- group_by: quarter, month, year, organisation, level, cases
-- default: quarter, organisation
-- measures: requests count; answered count; in_time count; percent_in_time rate of requests, in_time;
--   median_days median of answered; p90_days median of answered; substantive count;
--   median_days_substantive median of substantive
-- adds_up: requests > in_time
-- published: total: requests, in_time, percent_in_time
with requests as (
    select * from (select *, unnest(escalations) as asked from keyed_cases)
    where asked.answer_by >= $since and asked.answer_by < $until
      and (asked.answered_at is not null or asked.answer_by < $at)
),
keyed as (
    select
        strftime(asked.answer_by, '%Y-%m') as month,
        year(asked.answer_by) || '-Q' || quarter(asked.answer_by) as quarter,
        strftime(asked.answer_by, '%Y') as year,
        *,
        asked.organisation as organisation,
        asked.level as level,
        asked.answered_at is not null as answered_,
        coalesce(asked.answered_at <= asked.answer_by, false) as in_time_,
        coalesce(asked.position <> 'no-action', false) as substantive_,
        date_sub('day', asked.asked_at, asked.answered_at) as days_
    from requests
),
counted as (
    select
        columns($group_by),
        count(*) as requests,
        count(*) filter (answered_) as answered,
        count(*) filter (in_time_) as in_time,
        quantile_cont(days_::decimal(18, 4), [0.5, 0.9]) as spread_,
        count(*) filter (substantive_) as substantive,
        quantile_cont(case when substantive_ then days_ end::decimal(18, 4), 0.5)::decimal(18, 1)
            as median_days_substantive
    from keyed
    group by all
)
select
    columns($group_by),
    requests,
    answered,
    in_time,
    round((100 * in_time)::decimal(18, 4) / requests, 1)::decimal(9, 1) as percent_in_time,
    spread_[1]::decimal(18, 1) as median_days,
    spread_[2]::decimal(18, 1) as p90_days,
    substantive,
    median_days_substantive
from counted
order by all
