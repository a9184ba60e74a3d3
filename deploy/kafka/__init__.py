"""Apache Kafka for tests and benchmarks: one real node from the jars that `make` fetches."""
