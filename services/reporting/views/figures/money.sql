-- title: Money claimed, assessed and paid
-- indicators: K09
-- definition: What workers claimed, what was assessed as due, what payers reported as paid, and how much of that is
--   verified with the worker. The three are kept apart because paid is often not paid in full. Currencies are never
--   added together. A penalty to the state (RM-PEN) is not money to workers: it stands in columns of its own.
-- unit: amounts in the currency of the row; promises with money
-- counts: Items of remedy plans, and records of earlier systems as they stood there (never verified), of cases opened
--   in the period. `paid_in_full` are promises whose payments reach the assessed sum (the claimed one if none).
-- leaves_out: Payments that the worker refuted. Penalties, from every column but the last two.
-- period: the day the case was opened (UTC)
-- always: currency
-- group_by: currency, remedy, month, quarter, year, cases
-- measures: claimed money of promises; assessed money of promises; paid money of promises;
--   verified money of promises; promises count; paid_in_full count; penalty_assessed money; penalty_paid money
-- published: rows currency: claimed, assessed, paid, promises
with promises as (
    select * exclude (item), item.remedy as remedy, item.verified_at is not null as verified_,
        item.claimed as claim, item.assessed as due, item.paid as payments
    from (select *, unnest(remedies) as item from keyed_cases)
    union all by name
    select *, null::varchar as remedy, false as verified_,
        claimed as claim, assessed as due, case when paid is null then [] else [paid] end as payments
    from keyed_cases
    where claimed is not null or assessed is not null or paid is not null
),
told as materialized (
    select *,
        coalesce(due.currency, claim.currency, payments[1].currency) as main_,
        coalesce(claim.currency = main_, true) and coalesce(due.currency = main_, true)
            and coalesce(len(payments), 0) <= 1 and coalesce(payments[1].currency = main_, true) as plain_
    from promises
),
mixed as materialized (
    select * exclude (main_, plain_) from told where not plain_
),
sums as (
    -- Most promises are in one currency and paid at once, and need not be taken apart.
    select * exclude (main_, plain_), main_ as currency,
        coalesce(claim.amount, 0) as claimed_, coalesce(due.amount, 0) as assessed_,
        coalesce(payments[1].amount, 0) as paid_,
        (coalesce(due, claim) is not null)::int as promised_,
        coalesce(coalesce(due, claim).amount > 0 and coalesce(due, claim).amount <= payments[1].amount, false)::int
            as in_full_
    from told
    where plain_ and main_ is not null
    union all by name
    select *, claim.amount as claimed_, 0 as assessed_, 0 as paid_, claim.currency as currency,
        0 as promised_, 0 as in_full_
    from mixed
    where claim is not null
    union all by name
    select *, 0 as claimed_, due.amount as assessed_, 0 as paid_, due.currency as currency,
        0 as promised_, 0 as in_full_
    from mixed
    where due is not null
    union all by name
    select * exclude (payment), 0 as claimed_, 0 as assessed_, payment.amount as paid_, payment.currency as currency,
        0 as promised_, 0 as in_full_
    from (select *, unnest(payments) as payment from mixed)
    union all by name
    select * exclude (owed), 0 as claimed_, 0 as assessed_, 0 as paid_, owed.currency as currency,
        1 as promised_,
        (owed.amount > 0 and owed.amount <= list_sum([p.amount for p in payments if p.currency = owed.currency]))::int
            as in_full_
    from (select *, coalesce(due, claim) as owed from mixed)
    where owed is not null
),
keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        remedy is not distinct from 'RM-PEN' as penalty_
    from sums
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    coalesce(sum(claimed_) filter (not penalty_), 0) as claimed,
    coalesce(sum(assessed_) filter (not penalty_), 0) as assessed,
    coalesce(sum(paid_) filter (not penalty_), 0) as paid,
    coalesce(sum(paid_) filter (not penalty_ and verified_), 0) as verified,
    coalesce(sum(promised_) filter (not penalty_), 0)::bigint as promises,
    coalesce(sum(in_full_) filter (not penalty_), 0)::bigint as paid_in_full,
    coalesce(sum(assessed_) filter (penalty_), 0) as penalty_assessed,
    coalesce(sum(paid_) filter (penalty_), 0) as penalty_paid
from keyed
group by all
order by all
