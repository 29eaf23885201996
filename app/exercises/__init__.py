"""The daily loop: prompts are given, each partner responds alone, both open together, and it is kept."""
