-- title: Acknowledged within seven days
-- indicators: K11
-- definition: Of the cases opened, how many were acknowledged to the complainant within seven days of 24 hours (calendar
--   days, no holidays), and how many within the time that the policy in force set when they were opened.
-- unit: cases; percent of cases, one decimal; days
-- counts: Cases opened in the period that were acknowledged, or whose seven days are over.
-- leaves_out: Cases not acknowledged whose seven days are not over (`too_early`). Records of earlier systems.
-- period: the day of opening (UTC)
-- group_by: month, quarter, year, cases
-- default: quarter
-- measures: cases count; too_early count; acknowledged count; within_7_days count; within_policy count;
--   percent_within_7_days rate of cases, within_7_days; median_days median of acknowledged
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        acknowledged_at is null and opened_at + interval 7 day >= $at as early_,
        coalesce(acknowledged_at <= opened_at + interval 7 day, false) as week_,
        coalesce(acknowledged_at <= acknowledge_by, false) as policy_,
        date_sub('day', opened_at, acknowledged_at) as days_
    from keyed_cases
    where opened_at >= $since and opened_at < $until and source is null
)
select
    columns($group_by),
    count(*) filter (not early_) as cases,
    count(*) filter (early_) as too_early,
    count(acknowledged_at) as acknowledged,
    count(*) filter (week_) as within_7_days,
    count(*) filter (policy_) as within_policy,
    round((100 * count(*) filter (week_))::decimal(18, 4) / nullif(count(*) filter (not early_), 0), 1)::decimal(9, 1)
        as percent_within_7_days,
    quantile_cont(days_::decimal(18, 4), 0.5)::decimal(18, 1) as median_days
from keyed
group by all
order by all
