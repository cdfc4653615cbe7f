-- title: Caseload of handlers
-- indicators: K19
-- definition: How many open cases each handler has, and how many handlers have up to 10, 11 to 20, 21 to 30 and more
--   than 30. `median_cases` and `most_cases` are over handlers.
-- unit: handlers; cases
-- counts: Open cases that are assigned, under their present handler; by group if one is asked for.
-- leaves_out: Closed cases. Open cases that nobody has stand in `unassigned`. Handlers without an open case.
-- period: the day the case was opened (UTC)
-- group_by: cases
-- default: total
-- measures: handlers count; cases count; unassigned count; up_to_10 count; from_11_to_20 count; from_21_to_30 count;
--   above_30 count; median_cases median of handlers; most_cases extreme
-- adds_up: handlers = up_to_10 + from_11_to_20 + from_21_to_30 + above_30
with loads as (
    select columns($group_by), assignee as whose_, count(*) as load_
    from keyed_cases
    where closed_at is null and opened_at >= $since and opened_at < $until
    group by all
)
select
    columns($group_by),
    count(whose_) as handlers,
    coalesce(sum(load_) filter (whose_ is not null), 0)::bigint as cases,
    coalesce(sum(load_) filter (whose_ is null), 0)::bigint as unassigned,
    count(*) filter (whose_ is not null and load_ <= 10) as up_to_10,
    count(*) filter (whose_ is not null and load_ between 11 and 20) as from_11_to_20,
    count(*) filter (whose_ is not null and load_ between 21 and 30) as from_21_to_30,
    count(*) filter (whose_ is not null and load_ > 30) as above_30,
    quantile_cont(case when whose_ is not null then load_ end::decimal(18, 4), 0.5)::decimal(18, 1) as median_cases,
    coalesce(max(load_) filter (whose_ is not null), 0) as most_cases
from loads
group by all
order by all
