"""What staff, people and schedules do: one verb of the business each."""
