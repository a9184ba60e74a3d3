"""What ships beside the code: example models with their data, found through `importlib.resources`."""
