"""The bus between processes: what a service records goes to Apache Kafka, and is heard from there.

`records` is the wire form, `topics` what must exist, `sealing` the way out of a log, `hearing` the way into a service,
`reading` a whole log at rest, `marks` how far each log has been published, `bus` all of it for one process.
"""
