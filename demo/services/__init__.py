"""The demonstration, built through the services that people use."""
