"""What the first pages read, gathered from the apps below."""
