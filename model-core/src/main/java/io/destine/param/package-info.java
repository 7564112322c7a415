/**
 * Parameters and gradients as flat arrays: names, shapes and offsets in {@link
 * io.destine.param.ParameterLayout}, embedding rows in {@link io.destine.param.ParameterTable}. No
 * network, no optimiser.
 */
package io.destine.param;
