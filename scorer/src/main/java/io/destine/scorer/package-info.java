/** A command that scores rows from standard input with a trained model, without Spark. */
package io.destine.scorer;
