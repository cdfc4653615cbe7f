-- title: Virginia wage claims
-- definition: Counts, sums, shares and times over the wage claims that the state of Virginia released on request. Money
--   recovered is what wage orders brought in; money collected also came without an order; the penalty goes to the state
--   and is no money of workers.
-- unit: claims; US dollars; days (percentiles interpolated); share of claims, four decimals
-- counts: Every record imported from `us-va-wage-claims`, once per claim. Days from receipt to closing and to opening
--   are whole days; claims closed on the day of receipt count with zero days.
-- leaves_out: From medians and the share, claims that lack one of the two dates. Blank amounts, from sums.
-- period: none: the whole file
-- group_by: total
-- default: total
-- measures: metric mixed; value mixed
with claims as (
    select
        coalesce(nullif(trim(imported['claim_ref']), ''), reference) as claim_ref,
        nullif(trim(imported['employer_ref']), '') as employer_ref,
        date_diff('day', received, closed) as days_to_closed,
        date_diff('day', received, opened) as days_to_opened,
        imported
    from (
        select
            *,
            try_cast(trim(imported['date_received']) as date) as received,
            try_cast(trim(imported['date_opened']) as date) as opened,
            try_cast(trim(imported['date_closed']) as date) as closed
        from cases
        where source = 'us-va-wage-claims'
    )
),
flags(place, name) as (
    values
        (1, 'valid'), (2, 'informal_resolution'), (3, 'invalid'), (4, 'inv_bankrupt'), (5, 'inv_fringe_benefits'),
        (6, 'inv_independent_agent'), (7, 'inv_subcontractor'), (8, 'inv_false_claim'), (9, 'inv_other'),
        (10, 'undetermined'), (11, 'und_employer_left_state'), (12, 'und_employer_not_located'),
        (13, 'und_complainant_not_located'), (14, 'und_complainant_dropped'), (15, 'und_paid_before_investigation'),
        (16, 'und_business_closed'), (17, 'und_other'), (18, 'employer_contested'), (19, 'first_response_only'),
        (20, 'formal_investigation'), (21, 'wage_order')
),
amounts(place, name) as (
    values
        (1, 'amount_claimed'), (2, 'amount_verified'), (3, 'recovered_total'), (4, 'recovered_wages'),
        (5, 'recovered_interest'), (6, 'recovered_attorney_fees'), (7, 'collected_wages'),
        (8, 'collected_interest'), (9, 'penalty_amount'), (10, 'penalty_total')
),
flagged as (
    select place, name, count(*) filter (trim(imported[name]) = '1') as claims
    from claims cross join flags
    group by all
),
summed as (
    select place, name, sum(amount) as amount, count(*) filter (amount > 0) as positive
    from (select place, name, try_cast(trim(imported[name]) as decimal(28, 6)) as amount from claims cross join amounts)
    group by all
),
metrics as (
    select 0 as place, 'rows' as metric, count(*)::decimal(28, 6) as value from claims
    union all select 1, 'claims', count(distinct claim_ref) from claims
    union all select 2, 'employers', count(distinct employer_ref) from claims
    union all select 100 + place, 'flags|' || name, claims from flagged
    union all select 200 + place, 'sums|' || name, amount from summed
    union all select 300 + place, 'positive|' || name, positive from summed
    union all select 401, 'median_days_received_to_closed', median(days_to_closed::decimal(18, 2)) from claims
    union all
    select 402, 'p90_days_received_to_closed', quantile_cont(days_to_closed::decimal(18, 2), 0.9) from claims
    union all select 403, 'negative_durations', count(*) filter (days_to_closed < 0) from claims
    union all select 404, 'median_days_received_to_opened', median(days_to_opened::decimal(18, 2)) from claims
    union all
    select 405, 'share_opened_later_than_7_days',
        round(count(*) filter (days_to_opened > 7)::decimal(18, 8) / nullif(count(days_to_opened), 0), 4)
    from claims
),
keyed as (
    select *, 'total' as total from metrics
)
select columns($group_by), metric, value::decimal(28, 4) as value
from keyed
order by place
