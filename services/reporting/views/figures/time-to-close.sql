-- title: Time to close
-- indicators: K07
-- definition: Whole days from opening to the present closure: the median, the ninetieth percentile (both interpolated
--   between neighbours, to one decimal), and how many cases fall into each span. Days are spans of 24 hours.
-- unit: cases; days
-- counts: Cases closed in the period and not reopened since. A case closed within its first 24 hours has zero days,
--   counts in the median and has a span of its own (`same_day`).
-- leaves_out: Open and reopened cases have no duration; they are counted apart in `still_open`, whatever the period
--   if they were opened before its end. Records of earlier systems that lack the date of opening or closure stand in
--   `undated` only.
-- period: the day of closure (UTC)
-- group_by: total, month, quarter, year, cases
-- default: total
-- measures: closed count; still_open count; undated count; same_day count; days_1_to_14 count; days_15_to_30 count;
--   days_31_to_60 count; days_61_to_90 count; days_91_to_180 count; days_181_to_360 count; days_over_360 count;
--   median_days median of closed; p75_days median of closed; p90_days median of closed
-- adds_up: closed = same_day + days_1_to_14 + days_15_to_30 + days_31_to_60 + days_61_to_90
--   + days_91_to_180 + days_181_to_360 + days_over_360
-- published: total: closed, median_days; cross close_reason: closed
with considered as (
    select
        strftime(closed_at, '%Y-%m') as month,
        year(closed_at) || '-Q' || quarter(closed_at) as quarter,
        strftime(closed_at, '%Y') as year,
        *,
        opening_dated and closure_dated as dated_,
        closed_at is null as open_,
        case when opening_dated and closure_dated then date_sub('day', opened_at, closed_at) end as days_
    from keyed_cases
    where opened_at < $until
      and (closed_at is null or (closed_at >= $since and closed_at < $until))
),
counted as (
    select
        columns($group_by),
        count(*) filter (dated_ and not open_) as closed,
        count(*) filter (dated_ and open_) as still_open,
        count(*) filter (not dated_) as undated,
        quantile_cont(days_::decimal(18, 4), [0.5, 0.75, 0.9]) as spread_,
        count(*) filter (days_ <= 0) as same_day,
        count(*) filter (days_ between 1 and 14) as days_1_to_14,
        count(*) filter (days_ between 15 and 30) as days_15_to_30,
        count(*) filter (days_ between 31 and 60) as days_31_to_60,
        count(*) filter (days_ between 61 and 90) as days_61_to_90,
        count(*) filter (days_ between 91 and 180) as days_91_to_180,
        count(*) filter (days_ between 181 and 360) as days_181_to_360,
        count(*) filter (days_ > 360) as days_over_360
    from considered
    group by all
)
select
    columns($group_by),
    closed,
    still_open,
    undated,
    spread_[1]::decimal(18, 1) as median_days,
    spread_[2]::decimal(18, 1) as p75_days,
    spread_[3]::decimal(18, 1) as p90_days,
    same_day,
    days_1_to_14,
    days_15_to_30,
    days_31_to_60,
    days_61_to_90,
    days_91_to_180,
    days_181_to_360,
    days_over_360
from counted
order by all
