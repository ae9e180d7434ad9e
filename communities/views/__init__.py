"""Pages of people: registration, staff's people pages, households, teams, roles, the community's settings."""
