"""The pages of the templates, one module per errand."""
