"""Mutants: every SQL rule changed in one place at a time, to see that some test notices.

``python -m tests.mutation`` makes the mutants by rule (`mutate`), runs the tests that could notice each until one fails
(`run`), and writes ``docs/reference/mutation.md``. A survivor gets the spec that was missing or, when no input can show
the difference, a line with the reason in ``equivalent.yaml``.
"""
