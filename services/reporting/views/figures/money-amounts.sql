-- title: How large the amounts are
-- indicators: K10
-- definition: For each currency, how many amounts fall into each bucket, with the quartiles (interpolated between
--   neighbours). A bucket holds its upper bound: `to_500` is above 100 and up to 500.
-- unit: amounts; quartiles in the currency of the row
-- counts: What is owed, once per promise of a plan and per record of an earlier system: the assessed sum, else the
--   claimed. Of cases opened in the period.
-- leaves_out: Penalties to a state (RM-PEN). Amounts of 0 stand in `zero` and in the quartiles, in no bucket; promises
--   without an amount stand in `missing`, under an empty currency.
-- period: the day the case was opened (UTC)
-- always: currency
-- group_by: currency, remedy, month, quarter, year, cases
-- measures: amounts count; missing count; zero count; to_100 count; to_500 count; to_1000 count; to_5000 count;
--   to_10000 count; above_10000 count; p25 median of amounts; median median of amounts; p75 median of amounts;
--   p90 median of amounts
-- adds_up: amounts = zero + to_100 + to_500 + to_1000 + to_5000 + to_10000 + above_10000
with promises as (
    select * exclude (item), item.remedy as remedy, coalesce(item.assessed, item.claimed) as owed
    from (select *, unnest(remedies) as item from keyed_cases)
    where item.remedy <> 'RM-PEN'
    union all by name
    select *, null::varchar as remedy, coalesce(assessed, claimed) as owed
    from keyed_cases
    where claimed is not null or assessed is not null
),
keyed as (
    select
        strftime(opened_at, '%Y-%m') as month,
        year(opened_at) || '-Q' || quarter(opened_at) as quarter,
        strftime(opened_at, '%Y') as year,
        *,
        owed.currency as currency,
        owed.amount as amount_
    from promises
    where opened_at >= $since and opened_at < $until
)
select
    columns($group_by),
    count(amount_) as amounts,
    count(*) filter (amount_ is null) as missing,
    count(*) filter (amount_ <= 0) as zero,
    count(*) filter (amount_ > 0 and amount_ <= 100) as to_100,
    count(*) filter (amount_ > 100 and amount_ <= 500) as to_500,
    count(*) filter (amount_ > 500 and amount_ <= 1000) as to_1000,
    count(*) filter (amount_ > 1000 and amount_ <= 5000) as to_5000,
    count(*) filter (amount_ > 5000 and amount_ <= 10000) as to_10000,
    count(*) filter (amount_ > 10000) as above_10000,
    quantile_cont(amount_, 0.25)::decimal(28, 2) as p25,
    quantile_cont(amount_, 0.5)::decimal(28, 2) as median,
    quantile_cont(amount_, 0.75)::decimal(28, 2) as p75,
    quantile_cont(amount_, 0.9)::decimal(28, 2) as p90
from keyed
group by all
order by all
