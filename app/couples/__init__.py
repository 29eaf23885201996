"""Who belongs to whom: pairing by invitation and confirmation, the shared day, leaving without a reason."""
