//! The service through its own clients.
