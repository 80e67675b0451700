"""Emergencies, and under another address and in other colours the drills of them."""
