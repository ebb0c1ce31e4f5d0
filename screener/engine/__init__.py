"""The engine: a resolved screen and its dates become one SQL query, and its rows become a result."""
