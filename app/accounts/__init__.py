"""Who someone is: register, sign in, keep or end sessions, recover, and erase oneself for good."""
