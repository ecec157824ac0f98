"""Who, and who is on duty: organisation, people, contact points, duty roles, shifts."""
