"""The pages of imports, step by step."""
