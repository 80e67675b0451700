"""Pages for the people themselves: no sign-in, no cookie, no script needed."""
