-- title: What is missing in the record
-- definition: For each thing that figures stand on, how many cases or contacts lack it. A figure by country is no better
--   than the share of cases that have a country.
-- unit: cases or contacts; percent, one decimal
-- counts: Cases opened and contacts received in the period, at the moment of the figure.
-- leaves_out: Nothing. Severity and issues are looked for in triaged cases only, close dates in closed ones.
-- period: the day of opening or receipt (UTC)
-- always: field
-- group_by: field, origin
-- measures: records count; missing count; percent_missing rate of records, missing
with looked_at(field, origin, there) as (
    select 'case: country', origin, country is not null
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'case: sector', origin, sector is not null
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'case: site', origin, site is not null
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'case: language', origin, language <> ''
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'case: respondent', origin, len(coalesce(respondents, [])) > 0
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'case: handler', origin, assignee is not null
    from keyed_cases where opened_at >= $since and opened_at < $until and closed_at is null
    union all
    select 'triaged case: issue', origin, len(coalesce(issues, [])) > 0
    from keyed_cases where opened_at >= $since and opened_at < $until and triaged_at is not null
    union all
    select 'triaged case: severity', origin, severity is not null
    from keyed_cases where opened_at >= $since and opened_at < $until and triaged_at is not null
    union all
    select 'case: date of opening', origin, opening_dated
    from keyed_cases where opened_at >= $since and opened_at < $until
    union all
    select 'closed case: date of closure', origin, closure_dated
    from keyed_cases where opened_at >= $since and opened_at < $until and closed_at is not null
    union all
    select 'contact: language', 'redress', language is not null
    from contacts where received_at >= $since and received_at < $until
    union all
    select 'contact: country', 'redress', country is not null
    from contacts where received_at >= $since and received_at < $until
    union all
    select 'contact: filed in a report', 'redress', report_id is not null
    from contacts where received_at >= $since and received_at < $until
)
select
    columns($group_by),
    count(*) as records,
    count(*) filter (not there) as missing,
    round((100 * count(*) filter (not there))::decimal(18, 4) / count(*), 1)::decimal(9, 1) as percent_missing
from looked_at
group by all
order by all
