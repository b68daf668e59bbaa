"""What Slack's Block Kit allows."""
