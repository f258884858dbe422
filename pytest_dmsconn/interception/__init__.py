"""How requests reach the fake: one file for each library, and the stack of fakes in force."""
