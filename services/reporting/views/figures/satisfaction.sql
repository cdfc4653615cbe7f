-- title: How content complainants are
-- indicators: K18
-- definition: What complainants answered, from 1 (not at all content) to 5 (wholly), when somebody other than the handler
--   of their case asked them. `content` are answers of 4 and 5. A case counts with its latest answer.
-- unit: cases; percent of answers, one decimal; mean of the answers, two decimals
-- counts: Cases whose latest answer was given in the period.
-- leaves_out: Cases that nobody was asked about: `asked` beside the number of cases says how far the share carries.
-- period: the day of the answer (UTC)
-- group_by: month, quarter, year, cases
-- default: quarter
-- measures: asked count; content count; discontent count; percent_content rate of asked, content; mean mixed
with keyed as (
    select
        strftime(satisfaction_at, '%Y-%m') as month,
        year(satisfaction_at) || '-Q' || quarter(satisfaction_at) as quarter,
        strftime(satisfaction_at, '%Y') as year,
        *
    from keyed_cases
    where satisfaction_at >= $since and satisfaction_at < $until
)
select
    columns($group_by),
    count(*) as asked,
    count(*) filter (satisfaction >= 4) as content,
    count(*) filter (satisfaction <= 2) as discontent,
    round((100 * count(*) filter (satisfaction >= 4))::decimal(18, 4) / count(*), 1)::decimal(9, 1) as percent_content,
    round(sum(satisfaction)::decimal(18, 4) / count(*), 2)::decimal(9, 2) as mean
from keyed
group by all
order by all
