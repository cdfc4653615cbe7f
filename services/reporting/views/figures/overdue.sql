-- title: Duties open and overdue
-- definition: Duties that somebody still owes in open cases, and how many of them are past their due time at the
--   moment of the figure. Duties: `acknowledge` the complainant, `assess` after triage, `answer` a request,
--   `remedy` by the day promised in the plan. `longest_days` is the age of the worst.
-- unit: duties; whole days past due
-- counts: Duties with a due time that are not yet met. An assessment is met when somebody is assigned or a party is
--   asked. A remedy is due until the end of its day (UTC), and counts as met once it is reported complete.
-- leaves_out: Closed cases, duties met (in time or late), duties without a due time.
-- period: the day the duty is due (UTC)
-- group_by: duty, organisation, cases
-- default: duty
-- measures: open_duties count; overdue count; longest_days extreme
with open_cases as (
    select * from keyed_cases where closed_at is null and opened_at is not null
),
duties as (
    select *, 'acknowledge' as duty, acknowledge_by as due, null::varchar as organisation
    from open_cases
    where acknowledged_at is null
    union all by name
    select *, 'assess' as duty, assess_by as due, null::varchar as organisation
    from open_cases
    where taken_up_at is null
    union all by name
    select * exclude (asked), 'answer' as duty, asked.answer_by as due, asked.organisation as organisation
    from (select *, unnest(escalations) as asked from open_cases)
    where asked.answered_at is null
    union all by name
    select * exclude (item), 'remedy' as duty, item.due_on + interval 1 day as due, null::varchar as organisation
    from (select *, unnest(remedies) as item from open_cases)
    where item.completed_at is null
),
keyed as (
    select *
    from duties
    where due >= $since and due < $until
)
select
    columns($group_by),
    count(*) as open_duties,
    count(*) filter (due < $at) as overdue,
    greatest(max(date_sub('day', due, $at)), 0) as longest_days
from keyed
group by all
order by all
