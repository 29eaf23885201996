"""What every feature stands on: database, clock, keys, forms, the policy. No word of couples in here."""
