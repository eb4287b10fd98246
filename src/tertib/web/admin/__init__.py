"""The pages on which administrators keep units, posts, people, appointments and calendars."""
