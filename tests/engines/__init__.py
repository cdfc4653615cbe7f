"""Apache Kafka, PostgreSQL and MongoDB as they really are, found or started for tests and for a person.

Each is looked for in this order: an address in the environment (`REDRESS_TEST_KAFKA`, `REDRESS_TEST_POSTGRES`,
`REDRESS_TEST_MONGODB`), Docker, and a process of our own on loopback. mongod is licensed under the SSPL: it is
used by tests and on a developer's machine only and is no part of what is delivered.
"""
