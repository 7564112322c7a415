/**
 * Random numbers as pure functions of (run seed, purpose, coordinates), so that they depend neither
 * on the order of calls nor on the machine.
 */
package io.destine.random;
