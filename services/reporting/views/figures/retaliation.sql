-- title: Reprisals
-- indicators: K16
-- definition: Cases in which a reprisal for complaining was reported, and how many of them there are for every hundred
--   cases of which some party was told. Reprisal is a class of its own, whatever else the case is about. `reports` are
--   single reports: a case may have several.
-- unit: cases; reports; cases per 100 disclosed cases, one decimal
-- counts: Cases opened in the period with a report of retaliation, or with the issue RET-REP as last decided. Disclosed
--   is a case of which a party was asked or that is under watch for retaliation; `asked_after` of them are those whose
--   workers were reached afterwards and asked.
-- leaves_out: Reprisals in cases of which nobody was told stand in `undisclosed`, not in the rate.
-- period: the day of opening (UTC)
-- group_by: month, quarter, year, cases
-- default: year
-- measures: cases count; disclosed count; reprisals count; undisclosed count;
--   reports sum of cases; asked_after count; per_100_disclosed rate of disclosed, reprisals
with keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        len(coalesce(escalations, [])) > 0 or len(coalesce(watches, [])) > 0 as disclosed_,
        len(coalesce(reprisals, [])) > 0 or coalesce(list_contains(issues, 'RET-REP'), false) as reprisal_,
        len(coalesce(reprisals, [])) as reports_,
        len(coalesce(checks, [])) > 0 as asked_after_
    from keyed_cases
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(*) as cases,
    count(*) filter (disclosed_) as disclosed,
    count(*) filter (reprisal_ and disclosed_) as reprisals,
    count(*) filter (reprisal_ and not disclosed_) as undisclosed,
    sum(reports_)::bigint as reports,
    count(*) filter (disclosed_ and asked_after_) as asked_after,
    round((100 * count(*) filter (reprisal_ and disclosed_))::decimal(18, 4) / nullif(count(*) filter (disclosed_), 0), 1)
        ::decimal(9, 1) as per_100_disclosed
from keyed
group by all
order by all
