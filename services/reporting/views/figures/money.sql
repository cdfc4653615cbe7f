-- title: Money claimed, assessed and paid
-- definition: What workers claimed, what was assessed as due, what payers reported as paid, and how much of that is
--   verified with the worker. The three are kept apart because paid is often not paid in full. Currencies are never
--   added together. A penalty to the state (RM-PEN) is not money to workers: it stands in columns of its own.
-- unit: amounts in the currency of the row; promises with money
-- counts: Items of remedy plans, and records of earlier systems as they stood there (never verified), of cases opened
--   in the period. `paid_in_full` are promises whose payments reach the assessed sum (the claimed one if none).
-- leaves_out: Payments that the worker refuted. Penalties, from every column but the last two.
-- period: the day the case was opened (UTC)
-- always: currency
-- group_by: currency, remedy, country, month, quarter, year, origin
-- measures: claimed money of promises; assessed money of promises; paid money of promises;
--   verified money of promises; promises count; paid_in_full count; penalty_assessed money; penalty_paid money
-- published: rows currency: claimed, assessed, paid, promises
with promises as materialized (
    select id, opened_at, country, 'redress' as origin, item.remedy as remedy, item.verified_at is not null as verified,
        item.claimed as claimed, item.assessed as assessed, item.paid as paid
    from (select id, opened_at, country, unnest(remedies) as item from cases)
    union all
    select id, opened_at, country, source, null, false,
        claimed, assessed, case when paid is null then [] else [paid] end
    from cases
    where claimed is not null or assessed is not null or paid is not null
),
sums as (
    select *, claimed.amount as claimed_, 0 as assessed_, 0 as paid_, claimed.currency as currency,
        0 as promised_, 0 as in_full_
    from promises
    where claimed is not null
    union all by name
    select *, 0 as claimed_, assessed.amount as assessed_, 0 as paid_, assessed.currency as currency,
        0 as promised_, 0 as in_full_
    from promises
    where assessed is not null
    union all by name
    select * exclude (payment), 0 as claimed_, 0 as assessed_, payment.amount as paid_, payment.currency as currency,
        0 as promised_, 0 as in_full_
    from (select *, unnest(paid) as payment from promises)
    union all by name
    select * exclude (due), 0 as claimed_, 0 as assessed_, 0 as paid_, due.currency as currency,
        1 as promised_,
        (due.amount > 0 and due.amount <= list_sum([p.amount for p in paid if p.currency = due.currency]))::int
            as in_full_
    from (select *, coalesce(assessed, claimed) as due from promises)
    where due is not null
),
keyed as (
    select
        currency, remedy, country, origin,
        id as contributor,
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        remedy is not distinct from 'RM-PEN' as penalty_,
        verified as verified_, claimed_, assessed_, paid_, promised_, in_full_
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
