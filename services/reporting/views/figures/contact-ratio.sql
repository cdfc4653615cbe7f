-- title: Cases per hundred contacts
-- indicators: K02
-- definition: How many cases were opened for every hundred messages that came in, in the same span. A case may have many
--   contacts, and may have been opened without one, so this may be above 100.
-- unit: contacts; cases; cases per 100 contacts, one decimal
-- counts: Every message received and every case opened in the period.
-- leaves_out: Records of earlier systems: their contacts are not known. Without a contact the ratio is empty.
-- period: the day of receipt or opening (UTC)
-- group_by: month, quarter, year, channel, language, country, total
-- default: quarter
-- measures: contacts count; cases count; cases_per_100_contacts rate of contacts, cases
with happened as (
    select received_at as happened_at, channel, language, country, 1 as contacts_, 0 as cases_
    from contacts
    where received_at >= $since and received_at < $until
    union all
    select opened_at, channel, language, country, 0, 1
    from cases
    where opened_at >= $since and opened_at < $until and source is null
),
keyed as (
    select
        strftime(happened_at, '%Y-%m') as month,
        year(happened_at) || '-Q' || quarter(happened_at) as quarter,
        strftime(happened_at, '%Y') as year,
        *,
        'total' as total
    from happened
)
select
    columns($group_by),
    sum(contacts_)::bigint as contacts,
    sum(cases_)::bigint as cases,
    round((100 * sum(cases_))::decimal(18, 4) / nullif(sum(contacts_), 0), 1)::decimal(18, 1) as cases_per_100_contacts
from keyed
group by all
order by all
