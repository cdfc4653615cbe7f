-- title: Recruitment fees by corridor
-- definition: What each worker paid to come from one country to work in another: reports, workers, and the mean, median
--   and ninth decile per worker. A corridor is the pair of countries, `agent` the recruiter that the fee went to.
--   Whether fees go down is read from year to year.
-- unit: reports; workers; amounts per worker in the currency of the row
-- counts: Fees reported in cases, by the day they were paid; a report for twenty workers weighs as twenty in the mean,
--   as one in the median. A recruiter that turned out to be the same as another stands under the survivor's name.
-- leaves_out: Fees of which nobody told. Currencies are never added together or converted.
-- period: the day of payment
-- always: currency
-- group_by: currency, corridor, from_country, to_country, agent, month, quarter, year, cases
-- default: corridor, year
-- measures: reports count; workers_paying sum of reports; mean money of workers_paying; median median of reports;
--   p90 median of reports
with recursive survivors as (
    select id, id as stands_for, name from organisations where merged_into is null
    union all
    select one.id, survivors.stands_for, survivors.name
    from organisations as one
    join survivors on one.merged_into = survivors.id
),
paid_fees as (
    select
        all_.* exclude (fee),
        fee.amount.currency as currency,
        fee.amount.amount as amount_,
        fee.workers as paying_,
        fee.from_country as from_country,
        fee.to_country as to_country,
        fee.from_country || '-' || fee.to_country as corridor,
        survivors.name as agent,
        fee.paid_on as paid_on
    from (select *, unnest(fees) as fee from keyed_cases) as all_
    left join survivors on survivors.id = fee.recruiter_id
),
keyed as (
    select
        strftime(paid_on, '%Y-%m') as month,
        year(paid_on) || '-Q' || quarter(paid_on) as quarter,
        strftime(paid_on, '%Y') as year,
        *
    from paid_fees
    where paid_on >= $since and paid_on < $until
)
select
    columns($group_by),
    count(*) as reports,
    sum(paying_)::bigint as workers_paying,
    round(sum(amount_ * paying_) / sum(paying_), 2)::decimal(28, 2) as mean,
    quantile_cont(amount_, 0.5)::decimal(28, 2) as median,
    quantile_cont(amount_, 0.9)::decimal(28, 2) as p90
from keyed
group by all
order by all
