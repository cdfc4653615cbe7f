-- title: Cases by issue and severity
-- indicators: K03
-- definition: How many cases raise each issue of the taxonomy, and how severe they are. A case may raise several
--   issues: it counts once as a case in every group it belongs to, and `mentions` counts issue by issue.
-- unit: cases, mentions of an issue, workers of the cases
-- counts: Cases opened in the period, with the issues and the severity as last decided.
-- leaves_out: Nothing; a case without issues stands under an empty issue, one before triage under an empty severity.
-- period: the day of opening (UTC)
-- group_by: issue, severity, month, quarter, year, cases
-- default: issue, severity
-- measures: cases count; mentions count; workers sum of cases
-- published: total: cases, workers; cross channel, severity: cases; cross country: cases; each issue: cases
with raised as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        case
            when list_contains($group_by, 'issue') then least(coalesce(len(issues), 0), 1)
            else coalesce(len(issues), 0)
        end as mentions_,
        workers as workers_
    from keyed_cases
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(*) as cases,
    sum(mentions_)::bigint as mentions,
    sum(workers_)::bigint as workers
from raised
group by all
order by all
