"""Drills: the pages of emergencies in a world of their own; and planned ones."""
