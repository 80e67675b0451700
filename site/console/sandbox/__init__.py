"""The sandbox mail server of this installation, and the outbox that it fills."""
