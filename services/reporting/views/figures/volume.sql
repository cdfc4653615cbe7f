-- title: Contacts and cases
-- indicators: K01
-- definition: How many messages came in and how many cases were opened, month by month. A contact is one message;
--   one case may have many contacts, and a contact need not become a case. `workers` are those the new cases speak for.
-- unit: contacts, cases, workers
-- counts: Every message received and every case opened in the period, records of earlier systems included.
-- leaves_out: Repeated deliveries of the same message; they are one contact. Records of earlier systems without a date of
--   opening. A contact has a channel, a language and a country only: under other groups it stands under nothing.
-- period: the day of receipt or opening (UTC)
-- group_by: month, quarter, year, cases
-- default: month, channel
-- measures: contacts count; cases count; workers sum of cases
with happened as (
    select received_at as happened_at, channel, language, country, 'redress' as origin, 'total' as total,
        1 as contacts_, 0 as cases_, 0 as workers_
    from contacts
    where received_at >= $since and received_at < $until
    union all by name
    select *, opened_at as happened_at, 0 as contacts_, 1 as cases_, workers as workers_
    from keyed_cases
    where opened_at >= $since and opened_at < $until and opening_dated
),
keyed as (
    select
        strftime(happened_at, '%Y-%m') as month,
        year(happened_at) || '-Q' || quarter(happened_at) as quarter,
        strftime(happened_at, '%Y') as year,
        *
    from happened
)
select
    columns($group_by),
    sum(contacts_)::bigint as contacts,
    sum(cases_)::bigint as cases,
    sum(workers_)::bigint as workers
from keyed
group by all
order by all
