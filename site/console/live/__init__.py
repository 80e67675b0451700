"""Live parts of pages: a socket says that something moved, the page fetches it."""
