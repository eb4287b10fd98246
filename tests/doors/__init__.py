"""Every door, tried by every kind of user, against a plain oracle of who sees what (invariants 7 and 9).

`test_isolation.py` beside this folder looks at the same doors from the neighbour's side.

A small world, an oracle of who sees what, the list of doors, the look of an answer.
"""
