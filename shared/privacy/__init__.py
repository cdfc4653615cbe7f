"""What may be done with sealed data: read for a purpose and on record, erased with a proof, kept only while needed."""
