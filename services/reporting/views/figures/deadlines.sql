-- title: Deadlines kept and breached
-- indicators: K12
-- definition: Of the duties that had a clock, how many were met in time, how many late, and how many are still not met
--   although their time is over. The breach rate is late and unmet together, of all that came due. `escalated` and
--   `alerted` say what followed when a time passed: the case was put before the next party, or a supervisor was told.
-- unit: duties; percent of duties, one decimal
-- counts: Duties by what their clocks put on record, of open and closed cases: those whose due time lies in the period
--   and that were met or came due. A clock that stood still before its time was over (the case closed, or is on hold, or
--   the duty is no longer owed) counts as `dropped`. A duty that is owed again after it was met counts once more.
-- leaves_out: Duties without a clock. Duties that are not met and not yet due. Dropped duties, from the rate.
-- period: the time the duty is due (UTC)
-- group_by: duty, owed_by, organisation, month, quarter, year, cases
-- default: duty
-- measures: duties count; in_time count; late count; unmet count; dropped count;
--   percent_breached rate of duties, late, unmet; escalated count; alerted count
-- adds_up: duties = in_time + late + unmet
with told as (
    select case_id, unnest(duties) as clock_ from clocks
),
duties as (
    select
        keyed_cases.*,
        clock_,
        clock_.duty as duty,
        clock_.party as owed_by,
        clock_.due_at as due,
        [asked.organisation for asked in escalations if asked.escalation_id = clock_.subject][1] as organisation
    from told
    join keyed_cases on keyed_cases.id = told.case_id
    where clock_.due_at >= $since and clock_.due_at < $until and $by_cases
    union all by name
    -- What is asked of clocks alone needs no look at a million cases.
    select 'total' as total, clock_, clock_.duty as duty, clock_.party as owed_by, clock_.due_at as due
    from told
    where clock_.due_at >= $since and clock_.due_at < $until and not $by_cases
),
keyed as (
    select
        strftime(due, '%Y-%m') as month,
        year(due) || '-Q' || quarter(due) as quarter,
        strftime(due, '%Y') as year,
        *,
        case
            when clock_.met_at is not null then case when clock_.late then 'late' else 'in time' end
            when clock_.missed_at is not null then 'unmet'
            when clock_.paused_at <= due then 'dropped'
            when due < $at then 'unmet'
        end as fate_
    from duties
)
select
    columns($group_by),
    count(*) filter (fate_ <> 'dropped') as duties,
    count(*) filter (fate_ = 'in time') as in_time,
    count(*) filter (fate_ = 'late') as late,
    count(*) filter (fate_ = 'unmet') as unmet,
    count(*) filter (fate_ = 'dropped') as dropped,
    round(
        (100 * count(*) filter (fate_ in ('late', 'unmet')))::decimal(18, 4)
            / nullif(count(*) filter (fate_ <> 'dropped'), 0),
        1
    )::decimal(9, 1) as percent_breached,
    count(*) filter (clock_.consequence = 'escalated') as escalated,
    count(*) filter (clock_.consequence = 'alerted') as alerted
from keyed
where fate_ is not null
group by all
order by all
