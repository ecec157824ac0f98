"""The tests: rules, worlds and stories; `make test` runs them all."""
