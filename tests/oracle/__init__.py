"""The whole way of the data against independent computations."""
