/**
 * Unattended nightly retraining: input check, forecast, candidate, gate, publication, history. This
 * package makes the decisions; other packages encode, train, evaluate and store.
 */
package io.destine.spark.nightly;
