"""Helpers of `test_doors.py` and `test_isolation.py`.

A small world, an oracle of who sees what, the list of doors, the look of an answer.
"""
