-- title: From the event to the report
-- indicators: K20
-- definition: Whole days from the day on which it happened to the day on which the case was opened, in the spans that
--   Primero uses. For what goes on still, the day on which it began.
-- unit: cases; days
-- counts: Cases opened in the period with a day on which it happened. The day of the event itself is 0 days.
-- leaves_out: Cases without such a day (`not_said`), from the spans and the median. A day after the opening is taken as
--   a slip and stands in `impossible`.
-- period: the day of opening (UTC)
-- group_by: month, quarter, year, cases
-- default: total
-- measures: cases count; days_0_to_3 count; days_4_to_5 count; days_6_to_14 count; days_15_to_30 count;
--   days_31_to_90 count; days_over_90 count; not_said count; impossible count; median_days median of cases;
--   p90_days median of cases
-- adds_up: cases = days_0_to_3 + days_4_to_5 + days_6_to_14 + days_15_to_30 + days_31_to_90 + days_over_90
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        date_diff('day', happened_on, opened_at::date) as late_
    from keyed_cases
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(*) filter (late_ >= 0) as cases,
    count(*) filter (late_ between 0 and 3) as days_0_to_3,
    count(*) filter (late_ between 4 and 5) as days_4_to_5,
    count(*) filter (late_ between 6 and 14) as days_6_to_14,
    count(*) filter (late_ between 15 and 30) as days_15_to_30,
    count(*) filter (late_ between 31 and 90) as days_31_to_90,
    count(*) filter (late_ > 90) as days_over_90,
    count(*) filter (late_ is null) as not_said,
    count(*) filter (late_ < 0) as impossible,
    quantile_cont(case when late_ >= 0 then late_ end::decimal(18, 4), 0.5)::decimal(18, 1) as median_days,
    quantile_cont(case when late_ >= 0 then late_ end::decimal(18, 4), 0.9)::decimal(18, 1) as p90_days
from keyed
group by all
order by all
