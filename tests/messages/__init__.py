"""Templates: written, checked, previewed, kept in versions."""
