/**
 * How numbers are moved through the machine: conversions of runs of them between precisions, reads
 * ahead of their use, and whether the JVM has vectors. Knows no parameter and no network.
 */
package io.destine.numeric;
