"""The therapist: a guest by consent of both. Gives homework, and sees whether it was done, by whom, how it went."""
