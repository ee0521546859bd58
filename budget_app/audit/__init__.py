"""The auditor's desk: evidence, attestations, objections, certification."""
