"""The log, its entries, and the Outbox."""
