/** Microbenchmarks of what a step spends its time on. Run by submit-scripts/bench.sh jmh. */
package io.destine.benchmark.jmh;
