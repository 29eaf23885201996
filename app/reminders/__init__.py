"""The right minute, in everyone's own time: when each is told, how, and when not; and a page that says if it works."""
