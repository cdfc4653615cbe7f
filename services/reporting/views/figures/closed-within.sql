-- title: Closed within 14 and 30 days
-- indicators: K08
-- definition: The share of cases that were closed within 14 and within 30 whole days of their opening: once of those that
--   are closed, once of all that were opened. The second cannot be made to look good by leaving hard cases open.
-- unit: cases; percent, one decimal
-- counts: Cases opened in the period. Within 14 days is a span of 14 times 24 hours or less, zero days included.
-- leaves_out: Cases without a date of opening or closure stand in `undated` only. A closure before a reopening does not
--   count. Cases opened a short while ago had no chance yet to take 30 days.
-- period: the day of opening (UTC)
-- group_by: month, quarter, year, cases
-- default: quarter
-- measures: cases count; closed count; undated count; within_14_days count; within_30_days count;
--   percent_14_of_closed rate of closed, within_14_days; percent_30_of_closed rate of closed, within_30_days;
--   percent_14_of_all rate of cases, within_14_days; percent_30_of_all rate of cases, within_30_days
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        opening_dated and closure_dated as dated_,
        closed_at - opened_at as span_
    from keyed_cases
    where opened_at >= $since and opened_at < $until
),
counted as (
    select
        columns($group_by),
        count(*) filter (dated_) as cases_,
        count(*) filter (dated_ and span_ is not null) as closed_,
        count(*) filter (not dated_) as undated_,
        count(*) filter (dated_ and span_ <= interval 14 day) as in_14_,
        count(*) filter (dated_ and span_ <= interval 30 day) as in_30_
    from keyed
    group by all
)
select
    columns($group_by),
    cases_ as cases,
    closed_ as closed,
    undated_ as undated,
    in_14_ as within_14_days,
    in_30_ as within_30_days,
    round((100 * in_14_)::decimal(18, 4) / nullif(closed_, 0), 1)::decimal(9, 1) as percent_14_of_closed,
    round((100 * in_30_)::decimal(18, 4) / nullif(closed_, 0), 1)::decimal(9, 1) as percent_30_of_closed,
    round((100 * in_14_)::decimal(18, 4) / nullif(cases_, 0), 1)::decimal(9, 1) as percent_14_of_all,
    round((100 * in_30_)::decimal(18, 4) / nullif(cases_, 0), 1)::decimal(9, 1) as percent_30_of_all
from counted
order by all
