-- title: Year on year
-- indicators: K17
-- definition: Cases, workers and closures of each year beside those of the year before, counted by the same definition
--   over the same record. `percent_change` is empty where the year before had none.
-- unit: cases, workers, closures; percent, one decimal
-- counts: Cases by the year of opening; closures (the present ones) by the year of closure.
-- leaves_out: Records of earlier systems without the date that is counted. The year that is not over is compared with
--   a whole one.
-- period: the year of opening or closure (UTC)
-- always: year
-- group_by: year, cases
-- measures: cases count; cases_before count; percent_change rate of cases, cases_before; workers sum of cases;
--   workers_before sum of cases_before; closures count; closures_before count
with happened as (
    select *, opened_at as happened_at, 1 as case_, workers as workers_, 0 as closure_
    from keyed_cases
    where opened_at >= $since and opened_at < $until and opening_dated
    union all by name
    select *, closed_at as happened_at, 0 as case_, 0 as workers_, 1 as closure_
    from keyed_cases
    where closed_at >= $since and closed_at < $until and closure_dated
),
twice as (
    select *, year(happened_at) as year_, case_ as now_case_, workers_ as now_workers_, closure_ as now_closure_,
        0 as then_case_, 0 as then_workers_, 0 as then_closure_
    from happened
    union all by name
    select *, year(happened_at) + 1 as year_, 0 as now_case_, 0 as now_workers_, 0 as now_closure_,
        case_ as then_case_, workers_ as then_workers_, closure_ as then_closure_
    from happened
    where year(happened_at) + 1 <= (select max(year(happened_at)) from happened)
),
keyed as (
    select *, lpad(year_::varchar, 4, '0') as year from twice
)
select
    columns($group_by),
    sum(now_case_)::bigint as cases,
    sum(then_case_)::bigint as cases_before,
    round((100 * (sum(now_case_) - sum(then_case_)))::decimal(28, 4) / nullif(sum(then_case_), 0), 1)::decimal(18, 1)
        as percent_change,
    sum(now_workers_)::bigint as workers,
    sum(then_workers_)::bigint as workers_before,
    sum(now_closure_)::bigint as closures,
    sum(then_closure_)::bigint as closures_before
from keyed
group by all
order by all
