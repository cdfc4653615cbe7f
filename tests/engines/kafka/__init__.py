"""Apache Kafka, and what stands in for it where there is neither Docker nor Java and Maven."""
