-- What cases may be grouped by: a name, what it means, and how it is found in a row of `cases`. A `many` is a list: a
-- case counts once under each of its values, and under nothing if it has none, so its groups add up to more than all.

-- total: everything in one row
'total'

-- origin: `redress`, or the earlier system that the record came from
coalesce(source, 'redress')

-- channel: the channel that the case came in on
channel

-- language: the language that the case was opened in
language

-- country: the country of the grievance
country

-- sector: the branch of work, as ISIC section or as it was said
sector

-- site: the place of work, as it was said
site

-- severity: as last decided; nothing before triage
severity

-- state: the state at the moment of the figure
state

-- close_reason: why the case is closed; nothing while it is open
close_reason

-- handler: the key of whoever handles the case
assignee

-- team: the team that handles the case
team

-- issue, many: the issues of the taxonomy, as last decided
issues

-- ilo_indicator, many: the ILO indicators of forced labour that the issues point to, by the policy pack in force
list_distinct([map($issue_codes, $issue_indicators)[code] for code in issues if list_contains($issue_codes, code)])

-- employer, many: the organisations named as employer
list_distinct([one.name for one in respondents if one.role = 'employer'])

-- recruiter, many: the organisations named as recruiter or broker
list_distinct([one.name for one in respondents if one.role in ('recruiter', 'broker')])

-- buyer, many: the organisations named as brand
list_distinct([one.name for one in respondents if one.role = 'brand'])

-- party, many: every organisation that was named or asked in the case
list_distinct(list_concat([one.name for one in respondents], [one.organisation for one in escalations]))

-- contributor: the case itself; never told, asked by the rules of publication only
id
