-- title: State wage claims, as published
-- definition: The figures that a news publisher printed for the wage claims of a US state, by its rules. Successful is
--   a case whose status is pending enforcement, affirmed, claimant_won or paid; not one that is open, dismissed,
--   withdrawn, pending appeal, overturned or over the statutory limit; with any other or no status, one with an amount
--   paid on record or an assessed amount above 0. The amount owed is the assessed, else the paid if above 0, else the
--   claimed. Days run from opening to closing, else to payment, whole days of the difference.
-- unit: cases; amounts in the currency of the source; whole percent (one decimal in buckets); days
-- counts: One row per successful case: its first successful violation. Records imported from `us-wage-claims`.
-- leaves_out: In the buckets, which are (low, high]: cases of zero days, amounts of 0 and above 999,999. Percentages of
--   buckets are of the cases in buckets; the other percentages are of all successful cases.
-- period: none: the whole file of the state
-- always: state
-- group_by: state
-- measures: metric mixed; value mixed
with claims as (
    select
        imported['state'] as state,
        coalesce(nullif(trim(imported['case_ref']), ''), reference) as case_ref,
        try_cast(imported['violation_no'] as bigint) as violation_no,
        reference,
        lower(trim(imported['case_status'])) as status,
        try_cast(trim(imported['date_opened']) as timestamp) as opened,
        try_cast(trim(imported['date_paid']) as timestamp) as paid_on,
        try_cast(trim(imported['date_closed']) as timestamp) as closed,
        try_cast(trim(imported['amount_claimed']) as decimal(28, 6)) as claimed,
        try_cast(trim(imported['amount_assessed']) as decimal(28, 6)) as assessed,
        try_cast(trim(imported['amount_paid']) as decimal(28, 6)) as paid
    from cases
    where source = 'us-wage-claims'
),
successful as (
    select
        state, claimed, assessed, paid,
        coalesce(assessed, case when paid > 0 then paid end, claimed) as owed,
        floor((epoch_ms(coalesce(closed, paid_on)) - epoch_ms(opened)) / 86400000) as days
    from claims
    where case
        when status in ('pending enforcement', 'affirmed', 'claimant_won', 'paid') then true
        when status in (
            'open', 'dismissed', 'withdrawn', 'pending appeal', 'overturned', 'amount exceeds statutory limit'
        ) then false
        else paid is not null or coalesce(assessed > 0, false)
    end
    qualify row_number() over (partition by state, case_ref order by violation_no nulls last, reference) = 1
),
totals as (
    select
        state,
        count(*) as claims,
        sum(owed) as owed,
        median(owed) as median_owed,
        sum(paid) as paid,
        count(*) filter (paid > 0) as with_payment,
        count(*) filter (paid <> 0 and paid = coalesce(assessed, claimed)) as in_full,
        median(days::decimal(18, 2)) as median_days
    from successful
    group by state
),
buckets(place, measure, label, low, high) as (
    values
        (1, 'amount', '$0-$100', 0, 100),
        (2, 'amount', '$100-$500', 100, 500),
        (3, 'amount', '$500-$1,000', 500, 1000),
        (4, 'amount', '$1,000-$2,000', 1000, 2000),
        (5, 'amount', '$2,000-$5,000', 2000, 5000),
        (6, 'amount', '$5,000-$10,000', 5000, 10000),
        (7, 'amount', '$10,000+', 10000, 999999),
        (8, 'duration', '0-30 days', 0, 30),
        (9, 'duration', '30-60 days', 30, 60),
        (10, 'duration', '60-90 days', 60, 90),
        (11, 'duration', '90-180 days', 90, 180),
        (12, 'duration', '180-360 days', 180, 360),
        (13, 'duration', '360-720 days', 360, 720),
        (14, 'duration', '720+ days', 720, 999999)
),
measured as (
    select state, 'amount' as measure, owed as value from successful
    union all
    select state, 'duration', days from successful
),
in_buckets as (
    select state, place, buckets.measure as measure, label,
        count(*) filter (value > low and value <= high) as cases
    from measured join buckets on measured.measure = buckets.measure
    group by all
),
shares as (
    select *,
        100 * cases / nullif(sum(cases) over (partition by state, measure), 0) as percent
    from in_buckets
),
metrics as (
    select state, 0.1 as place, 'claims_total' as metric, claims::decimal(28, 6) as value from totals
    union all select state, 0.2, 'amount_owed_total', owed from totals
    union all select state, 0.3, 'amount_owed_median', median_owed from totals
    union all select state, 0.4, 'pct_cases_paid', round_even(100 * with_payment / claims, 0) from totals
    union all select state, 0.5, 'amount_paid_total', paid from totals
    union all select state, 0.6, 'pct_cases_paid_in_full', round_even(100 * in_full / claims, 0) from totals
    union all select state, 0.7, 'duration_median_days', median_days from totals
    union all select state, place, measure || '_bucket_count|' || label, cases from shares
    union all select state, place + 0.5, measure || '_bucket_pct|' || label, round_even(percent, 1) from shares
)
select columns($group_by), metric, value::decimal(28, 2) as value
from metrics
order by state, place
