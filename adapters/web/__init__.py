"""The web page, its WebSocket, the HTTP API, and the health and metrics endpoints."""
