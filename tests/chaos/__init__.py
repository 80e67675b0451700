"""Faults put into the running system, and what is left of the messages afterwards.

``python -m tests.chaos`` runs all of them at full size; ``test_*.py`` here runs some of
them small. Nothing is moved by hand: no row, no lease, no clock of the machine.
"""
