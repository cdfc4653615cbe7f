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
keyed as (
    select *, year(happened_at) as year_, lpad(year(happened_at)::varchar, 4, '0') as year from happened
),
counted as (
    select columns($group_by), year_, sum(case_) as case_, sum(workers_) as workers_, sum(closure_) as closure_
    from keyed
    group by all
),
twice as (
    select *, case_ as now_case_, workers_ as now_workers_, closure_ as now_closure_,
        0 as then_case_, 0 as then_workers_, 0 as then_closure_
    from counted
    union all by name
    select * replace (lpad((year_ + 1)::varchar, 4, '0') as year), 0 as now_case_, 0 as now_workers_,
        0 as now_closure_, case_ as then_case_, workers_ as then_workers_, closure_ as then_closure_
    from counted
    where year_ + 1 <= (select max(year_) from counted)
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
from twice
group by all
order by all
