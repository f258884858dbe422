"""How requests reach the fake: one file a library, and the stack of fakes that they ask."""
