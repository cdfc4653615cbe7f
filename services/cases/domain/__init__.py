"""What a case is and what may happen to it: pure decisions on a state that is folded from its facts.

Read `state`, then `course` (which state a fact leads to, and which duties run), `evolve`, `commands`, and the
decisions by idea: `opening`, `disclosure`, `remedies`, `closing`; `organisations` and `legacy` stand beside.
"""
