"""What may be told to whom: the pure rules by which small numbers stay hidden, and cannot be computed from the others.

Read `audience` (who reads), `rules` (what is small, and what one contributor dominates), `declared` (what a definition
says of its columns), `quarters`, then `network` (what an attacker can work out), `complement` (what else must be
hidden) and `tables` (the table that is left).

The rule for everybody outside the office, all of it needed at once:

1. Only cases whose complainant lets them be counted are counted.
2. There is a closed list of tables, declared by the definitions. Nobody outside chooses groups, periods or moments.
3. A table is about one whole quarter, as it was known when the quarter was over, and is the same for ever: what came
   to be known later changes no earlier table, so two readings of it cannot be subtracted. Nothing is summed over
   quarters.
4. Tables about the same cases share their total and nothing else: a column stands in one table only. So what holds for
   each table alone holds for all together; the total is told, or nothing of the table is.
5. Values of a column come from a list that is fixed beforehand, never from the cases: that a value is listed tells
   nothing. What cannot occur is not listed. A zero among what is listed is hidden like any small number: "none of those
   in the line channel" is something about persons, too.
6. Of every hidden number a reader can work out no more than a span as wide as the threshold (`network`).
7. A stricter audience never sees what a less strict one does not see, so nothing is won by reading both.
"""
