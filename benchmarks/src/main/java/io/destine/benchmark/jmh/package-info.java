/** Microbenchmarks of the main parts of a step. Run by submit-scripts/bench.sh jmh. */
package io.destine.benchmark.jmh;
