/**
 * Benchmarks as commands: each prints one JSON line per measurement. Run by
 * submit-scripts/bench.sh; not part of the application jar.
 */
package io.destine.benchmark;
