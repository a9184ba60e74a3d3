"""Alert rules tested as data: what is put in, what must come of it, by the engine and the telling of a running site."""
