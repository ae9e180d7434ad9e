"""What a machine with Python alone needs to run the project: dependencies, PostgreSQL, Redis, and who supervises them.

Production uses none of it: there the services come from ``docker-compose.yml`` or from elsewhere by URL.
"""
