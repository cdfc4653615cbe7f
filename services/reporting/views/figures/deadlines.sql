-- title: Deadlines kept and breached
-- indicators: K12
-- definition: Of the duties that had a due time, how many were met in time, how many late, and how many are still not
--   met although their time is over. The breach rate is late and unmet together, of all that came due.
-- unit: duties; percent of duties, one decimal
-- counts: Duties whose due time lies in the period and that were met or came due: acknowledge, assess, answer, remedy
--   (until the end of its day), of open and closed cases. A duty that the closure of its case ended counts as
--   `dropped` if it was not yet due then, as unmet if it was.
-- leaves_out: Duties without a due time. Duties that are not met and not yet due. Dropped duties, from the rate.
-- period: the time the duty is due (UTC)
-- group_by: duty, organisation, month, quarter, year, cases
-- default: duty
-- measures: duties count; in_time count; late count; unmet count; dropped count;
--   percent_breached rate of duties, late, unmet
-- adds_up: duties = in_time + late + unmet
with duties as (
    select *, 'acknowledge' as duty, acknowledge_by as due, acknowledged_at as met, null::varchar as organisation
    from keyed_cases
    union all by name
    select *, 'assess' as duty, assess_by as due, taken_up_at as met, null::varchar as organisation
    from keyed_cases
    union all by name
    select * exclude (asked), 'answer' as duty, asked.answer_by as due, asked.answered_at as met,
        asked.organisation as organisation
    from (select *, unnest(escalations) as asked from keyed_cases)
    union all by name
    select * exclude (item), 'remedy' as duty, item.due_on + interval 1 day as due, item.completed_at as met,
        null::varchar as organisation
    from (select *, unnest(remedies) as item from keyed_cases)
),
keyed as (
    select
        strftime(due, '%Y-%m') as month,
        year(due) || '-Q' || quarter(due) as quarter,
        strftime(due, '%Y') as year,
        *,
        case
            when met <= due then 'in time'
            when met is not null then 'late'
            when closed_at <= due then 'dropped'
            when due < $at then 'unmet'
        end as fate_
    from duties
    where due >= $since and due < $until
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
    )::decimal(9, 1) as percent_breached
from keyed
where fate_ is not null
group by all
order by all
