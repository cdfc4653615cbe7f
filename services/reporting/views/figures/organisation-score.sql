-- title: How organisations respond
-- definition: A score from 0 to 100 for each organisation that was asked, with its parts, so that nobody need believe the
--   score: the mean of `percent_in_time` (requests answered in time), `percent_substantive` (requests answered with more
--   than `no-action`) and `percent_kept` (remedies due in cases where it was named, reported complete by their day).
--   A part of which nothing came due is left out of the mean.
-- unit: requests; remedies; percent, one decimal; score, one decimal
-- counts: Requests whose answer was due in the period, and remedies promised for a day in it.
-- leaves_out: Requests and remedies neither met nor due. Organisations asked less than five times have parts but no
--   score: one answer would swing it. Refuted remedies are not kept.
-- period: the time the answer or remedy was due (UTC)
-- always: organisation_id, organisation
-- group_by: organisation_id, organisation
-- measures: requests count; in_time count; substantive count; promises count; kept count;
--   percent_in_time rate of requests, in_time; percent_substantive rate of requests, substantive;
--   percent_kept rate of promises, kept; score mixed
with asked_ as (
    select
        asked.organisation_id as organisation_id,
        asked.organisation as organisation,
        asked.answered_at <= asked.answer_by as in_time_,
        asked.position <> 'no-action' as substantive_,
        asked.answer_by >= $since and asked.answer_by < $until
            and (asked.answered_at is not null or asked.answer_by < $at) as due_
    from (select unnest(escalations) as asked from cases)
),
requests as (
    select
        organisation_id,
        max(organisation) as name_,
        nullif(count(*) filter (due_), 0) as requests_,
        count(*) filter (due_ and in_time_) as in_time_,
        count(*) filter (due_ and substantive_) as substantive_
    from asked_
    group by all
),
promises as (
    select
        organisation_id,
        count(*) as promises_,
        count(*) filter (coalesce(item.completed_at < item.due_on + interval 1 day, false)) as kept_
    from (
        select unnest(ids_) as organisation_id, item
        from (
            select ids_, unnest(remedies) as item
            from (
                select list_distinct([one.organisation_id for one in respondents]) as ids_, remedies
                from cases
                where len(respondents) > 0 and len(remedies) > 0
            )
        )
    )
    where item.due_on >= $since and item.due_on < $until
      and (item.completed_at is not null or item.due_on + interval 1 day < $at)
    group by all
),
names as (
    select organisation_id, max(name_) as organisation
    from (
        select party.organisation_id as organisation_id, max(party.name) as name_
        from (select unnest(respondents) as party from cases)
        group by all
        union all
        select organisation_id, name_ from requests
    )
    group by all
),
parts as (
    select
        names.organisation_id as organisation_id,
        names.organisation as organisation,
        coalesce(requests_, 0) as requests,
        coalesce(in_time_, 0) as in_time,
        coalesce(substantive_, 0) as substantive,
        coalesce(promises_, 0) as promises,
        coalesce(kept_, 0) as kept,
        round((100 * in_time_)::decimal(18, 4) / requests_, 1)::decimal(9, 1) as percent_in_time,
        round((100 * substantive_)::decimal(18, 4) / requests_, 1)::decimal(9, 1) as percent_substantive,
        round((100 * kept_)::decimal(18, 4) / promises_, 1)::decimal(9, 1) as percent_kept
    from names
    left join requests on names.organisation_id = requests.organisation_id
    left join promises on names.organisation_id = promises.organisation_id
)
select
    columns($group_by),
    requests, in_time, substantive, promises, kept, percent_in_time, percent_substantive, percent_kept,
    case
        when requests >= 5 then round(
            ((percent_in_time + percent_substantive + coalesce(percent_kept, 0))
                / (case when percent_kept is null then 2 else 3 end))::decimal(18, 4),
            1
        )
    end::decimal(9, 1) as score
from parts
order by requests desc, organisation, organisation_id
