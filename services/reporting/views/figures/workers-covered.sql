-- title: Workers covered
-- definition: How many workers work at the sites that are known, by the latest count of each site up to the moment of the
--   figure. Covered means that a place is watched, not that somebody there complained.
-- unit: organisations; sites; workers
-- counts: Sites of organisations, each with its latest head count. Sites of an organisation that turned out to be the
--   same as another stand under the survivor's name.
-- leaves_out: Organisations without a site. Sites that nobody had counted yet have no workers and stand in `uncounted`.
-- period: none: as of the moment of the figure
-- group_by: total, organisation, kind, country, site
-- default: total
-- measures: organisations count; sites count; uncounted count; workers sum of sites
with recursive survivors as (
    select id, id as stands_for, name, kind, country from organisations where merged_into is null
    union all
    select one.id, survivors.stands_for, survivors.name, survivors.kind, survivors.country
    from organisations as one
    join survivors on one.merged_into = survivors.id
),
places as (
    select
        'total' as total,
        survivors.stands_for as stands_for_,
        survivors.name as organisation,
        survivors.kind as kind,
        coalesce(place.country, survivors.country) as country,
        place.name as site,
        list_max([
            {'counted_on': one.counted_on, 'workers': one.workers}
            for one in place.headcounts if one.counted_on <= $at::date
        ]).workers as workers_
    from (select id, unnest(sites) as place from organisations)
    join survivors using (id)
)
select
    columns($group_by),
    count(distinct stands_for_) as organisations,
    count(*) as sites,
    count(*) filter (workers_ is null) as uncounted,
    coalesce(sum(workers_), 0)::bigint as workers
from places
group by all
order by all
